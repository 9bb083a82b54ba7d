import { textColumn } from './columns/index.ts';
import { defineKind, type KindOf, listOf, object, oneOf, type Static, string } from './machinery/index.ts';
import { conditionFields } from './shared/condition.ts';
import { coreName } from './shared/openapi-names.ts';

const namespaceCondition = object(
  conditionFields('What the condition is about.'),
  'One aspect of how the namespace stands.',
  coreName('NamespaceCondition'),
);

const body = object({
  spec: object(
    { finalizers: listOf(string(), 'Who must still act before the namespace may go.') },
    'What is wanted of the namespace.',
    coreName('NamespaceSpec'),
  ),
  status: object(
    {
      phase: oneOf(['Active', 'Terminating'], 'Whether the namespace is being emptied.'),
      conditions: listOf(namespaceCondition, 'How the namespace stands.', { keys: ['type'] }),
    },
    'How the namespace stands.',
    coreName('NamespaceStatus'),
  ),
});

export type Namespace = KindOf<Static<typeof body>>;

export const namespace = defineKind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  nameRule: 'label',
  description: 'A room for names: what is in it belongs together and goes together.',
  body,
  defaults: (draft) => {
    const { metadata } = draft;
    // Selectors find a namespace by its name through this label.
    if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
    draft.spec ??= {};
    if (!metadata.deletionTimestamp && !draft.status?.phase) draft.spec.finalizers ??= ['kubernetes'];
    draft.status = { ...draft.status, phase: draft.status?.phase ?? 'Active' };
  },
  columns: [
    textColumn(
      'Status',
      'Whether the namespace is being emptied.',
      (item: Namespace) => item.status?.phase ?? 'Active',
    ),
  ],
  selectableFields: { 'status.phase': (item) => item.status?.phase ?? 'Active' },
  subresources: { status: true, others: ['finalize'] },
});
