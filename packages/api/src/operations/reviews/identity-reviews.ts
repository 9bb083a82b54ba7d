import type { TokenReview } from '@godwit/kinds';
import type { User } from '../../authorization/user.ts';
import { tokenHolds } from '../token-holds.ts';
import type { Review } from './review.ts';

function userInfo({ name, uid, groups, extra }: User): object {
  return { username: name, ...(uid && { uid }), groups, ...(extra && { extra }) };
}

export const tokenReview: Review = {
  free: false,
  answer: async (engine, _caller, question) => {
    const { spec } = question as unknown as TokenReview;
    const issuer = engine.options.tokens;
    const { token = '', audiences } = spec;
    const verified = await issuer?.verify(token, audiences && audiences.length > 0 ? audiences : undefined);
    if (!verified || !(await tokenHolds(engine, verified.claims))) {
      return { user: {}, error: 'the token is not valid, has expired, or is not for these audiences' };
    }
    return { authenticated: true, user: userInfo(verified.user), audiences: verified.audiences };
  },
};

export const selfReview: Review = {
  free: true,
  answer: (_engine, caller) => ({ userInfo: userInfo(caller.user) }),
};
