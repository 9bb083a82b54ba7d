import { joined, textColumn } from './columns/index.ts';
import {
  defineKind,
  int32,
  type KindOf,
  listOf,
  object,
  oneOf,
  required,
  type Static,
  string,
} from './machinery/index.ts';
import { coreName } from './shared/openapi-names.ts';
import { objectReference } from './shared/references.ts';

const endpointAddress = object(
  {
    ip: required(string('Address.')),
    hostname: string('Host name.'),
    nodeName: string('Node that it is on.'),
    targetRef: objectReference,
  },
  'An address that answers.',
  { ...coreName('EndpointAddress'), atomic: true },
);

const endpointPort = object(
  {
    name: string('Name of the port of the service.'),
    port: required(int32('Port number.')),
    protocol: oneOf(['TCP', 'UDP', 'SCTP'], 'TCP by default.'),
    appProtocol: string('What is spoken on the port.'),
  },
  'A port that answers.',
  { ...coreName('EndpointPort'), atomic: true },
);

const endpointSubset = object(
  {
    addresses: listOf(endpointAddress, 'Addresses that are ready.'),
    notReadyAddresses: listOf(endpointAddress, 'Addresses that are not ready.'),
    ports: listOf(endpointPort, 'Ports of all these addresses.'),
  },
  'Addresses with the same ports.',
  coreName('EndpointSubset'),
);
export type EndpointSubset = Static<typeof endpointSubset>;
export type EndpointAddress = Static<typeof endpointAddress>;

const body = object({ subsets: listOf(endpointSubset, 'Addresses, grouped by ports.') });
export type Endpoints = KindOf<Static<typeof body>>;

/** As many addresses as a table shows before it only counts. */
const SHOWN = 3;

function addresses({ subsets }: Endpoints): string {
  const all = (subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports.length > 0
      ? ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`))
      : addresses.map(({ ip }) => ip),
  );
  const shown = joined(all.slice(0, SHOWN));
  return all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown;
}

export const endpoints = defineKind({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  description: 'The machines behind a service, in the older form. EndpointSlice is the newer one.',
  body,
  defaults: (draft) => {
    for (const { ports } of draft.subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP';
  },
  columns: [textColumn('Endpoints', 'Addresses and ports that answer.', addresses)],
});
