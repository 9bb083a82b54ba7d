import { boolean, defineKind, listOf, type ObjectOfKind, object } from './machinery/index.ts';
import { localObjectReference, objectReference } from './shared/references.ts';

export const serviceAccount = defineKind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  description: 'Who a machine acts as towards the API.',
  body: object({
    secrets: listOf(objectReference, 'Secrets that the account may use.', { keys: ['name'] }),
    imagePullSecrets: listOf(localObjectReference, 'Secrets for fetching images.'),
    automountServiceAccountToken: boolean('Whether machines get a token; they may say otherwise.'),
  }),
  subresources: { others: ['token'] },
});

export type ServiceAccount = ObjectOfKind<typeof serviceAccount>;
