import { boolean, defineKind, listOf, type ObjectOfKind, object, required, string } from '../machinery/index.ts';
import { authenticationName } from '../shared/openapi-names.ts';
import { userInfo } from './user-info.ts';

export const tokenReview = defineKind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  hasGeneration: false,
  description: 'Asks whose token this is.',
  body: object({
    spec: required(
      object(
        { token: string('The token.'), audiences: listOf(string(), 'Whom it should be for.') },
        'The question.',
        authenticationName('TokenReviewSpec'),
      ),
    ),
    status: object(
      {
        authenticated: boolean('Whether the token is good.'),
        user: userInfo,
        audiences: listOf(string(), 'Whom the token is for, of those asked about.'),
        error: string('Why it could not be checked.'),
      },
      'The answer.',
      authenticationName('TokenReviewStatus'),
    ),
  }),
  verbs: ['create'],
});

export type TokenReview = ObjectOfKind<typeof tokenReview>;
