import {
  defineKind,
  filled,
  int64,
  listOf,
  type ObjectOfKind,
  object,
  required,
  string,
  time,
} from '../machinery/index.ts';
import { authenticationName } from '../shared/openapi-names.ts';

/** Created through the subresource `token` of a ServiceAccount. */
export const tokenRequest = defineKind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  hasGeneration: false,
  description: 'Asks for a token of a service account.',
  body: object({
    spec: required(
      object(
        {
          audiences: filled(listOf(string(), 'Whom the token is for; the API server when empty.')),
          expirationSeconds: int64('How long it should be valid; 3600 by default.'),
          boundObjectRef: object(
            {
              kind: string('Pod, Secret or Node.'),
              apiVersion: string('API version of the object.'),
              name: string('Name of the object.'),
              uid: string('UID of the object.'),
            },
            'The token ends with this object.',
            authenticationName('BoundObjectReference'),
          ),
        },
        'The request.',
        authenticationName('TokenRequestSpec'),
      ),
    ),
    status: object(
      { token: filled(string('The token.')), expirationTimestamp: filled(time('Until when it is valid.')) },
      'The token.',
      authenticationName('TokenRequestStatus'),
    ),
  }),
  defaults: (draft) => {
    draft.spec.audiences ??= [];
  },
  verbs: ['create'],
});

export type TokenRequest = ObjectOfKind<typeof tokenRequest>;
