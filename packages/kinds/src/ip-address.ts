import { textColumn } from './columns/index.ts';
import { defineKind, type KindOf, object, required, type Static, string } from './machinery/index.ts';
import { networkingName } from './shared/openapi-names.ts';
import { Faults, isIp } from './validation/index.ts';

const body = object({
  spec: object(
    {
      parentRef: required(
        object(
          {
            group: string('API group of the object.'),
            resource: required(string('Resource of the object, in the plural.')),
            namespace: string('Namespace of the object.'),
            name: required(string('Name of the object.')),
          },
          'The object that has the address.',
          networkingName('ParentReference'),
        ),
      ),
    },
    'Who has the address.',
    networkingName('IPAddressSpec'),
  ),
});

export type IPAddress = KindOf<Static<typeof body>>;

export const ipAddress = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  hasGeneration: false,
  description: 'An address that is given to an object. Its name is the address.',
  body,
  selectableFields: { 'spec.parentRef.resource': ({ spec }) => spec?.parentRef.resource ?? '' },
  immutable: ['spec'],
  validate: ({ metadata }) => {
    const faults = new Faults();
    if (!isIp(metadata.name ?? '')) faults.invalid('metadata.name', metadata.name, 'must be an IP address');
    return faults.causes;
  },
  columns: [
    textColumn('ParentRef', 'The object that has the address.', ({ spec }: IPAddress) => {
      const parent = spec?.parentRef;
      return [parent?.group, parent?.resource, parent?.namespace, parent?.name].filter(Boolean).join('/');
    }),
  ],
});
