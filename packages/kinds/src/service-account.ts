import { countColumn } from './columns/index.ts';
import { boolean, defineKind, type KindOf, listOf, object, type Static } from './machinery/index.ts';
import { localObjectReference, objectReference } from './shared/references.ts';

const body = object({
  secrets: listOf(objectReference, 'Secrets that the account may use.', { keys: ['name'] }),
  imagePullSecrets: listOf(localObjectReference, 'Secrets for fetching images.'),
  automountServiceAccountToken: boolean('Whether machines get a token; they may say otherwise.'),
});

export type ServiceAccount = KindOf<Static<typeof body>>;

export const serviceAccount = defineKind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  description: 'Who a machine acts as towards the API.',
  body,
  columns: [countColumn('Secrets', 'Number of Secrets.', (item: ServiceAccount) => item.secrets?.length ?? 0)],
  subresources: { others: ['token'] },
});
