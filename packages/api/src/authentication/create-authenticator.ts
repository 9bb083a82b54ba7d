import type { World } from '@godwit/base';
import { StatusFailure } from '@godwit/kinds';
import { anonymous, authenticatedGroup, type User } from '../authorization/user.ts';
import type { Authenticator } from './authenticator.ts';
import type { TokenClaims, TokenIssuer, VerifiedToken } from './token-issuer.ts';

export interface AuthenticatorOptions {
  readonly world: World;
  readonly tokens?: TokenIssuer;
  /** Whether the account and the object that a token is bound to are still there: `operations.tokenHolds`. */
  readonly holds: (claims: TokenClaims) => Promise<boolean>;
}

/** Verified tokens that are remembered, and for how long, so that not every request costs a signature check. */
const REMEMBERED = 2000;
const REMEMBERED_FOR_MS = 10_000;

/** By client certificate, or by service account token. */
export function createAuthenticator({ world, tokens, holds }: AuthenticatorOptions): Authenticator {
  const known = new Map<string, { readonly verified: VerifiedToken; readonly untilMs: number }>();

  async function verify(token: string): Promise<VerifiedToken | undefined> {
    const now = world.clock.now();
    const seen = known.get(token);
    if (seen && seen.untilMs > now) return seen.verified;
    known.delete(token);
    const verified = await tokens?.verify(token);
    if (!verified) return undefined;
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value as string);
    known.set(token, { verified, untilMs: now + REMEMBERED_FOR_MS });
    return verified;
  }

  return {
    async authenticate({ certificate, bearerToken }): Promise<User> {
      if (certificate) {
        const { commonName, organizations } = certificate;
        return { name: commonName, groups: [...organizations, authenticatedGroup] };
      }
      if (bearerToken === undefined) return anonymous;
      const verified = await verify(bearerToken);
      if (!verified || !(await holds(verified.claims))) throw new StatusFailure('Unauthorized', 'Unauthorized');
      return verified.user;
    },
  };
}
