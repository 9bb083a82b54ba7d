import { textColumn } from './columns/index.ts';
import {
  boolean,
  type Cause,
  defineKind,
  filled,
  int32,
  type KindOf,
  listOf,
  mapOf,
  object,
  oneOf,
  required,
  type Static,
  string,
} from './machinery/index.ts';
import { discoveryName } from './shared/openapi-names.ts';
import { objectReference } from './shared/references.ts';
import { eachItem, Faults, isDnsSubdomain, isIp, isIpv4 } from './validation/index.ts';

const endpointConditions = object(
  {
    ready: boolean('Takes new connections.'),
    serving: boolean('Would be ready, were it not terminating.'),
    terminating: boolean('Is on its way out.'),
  },
  'How the endpoint stands.',
  discoveryName('EndpointConditions'),
);

const endpoint = object(
  {
    addresses: required(listOf(string(), 'Addresses of one machine.', { set: true, strategy: 'replace' })),
    conditions: endpointConditions,
    hostname: string('Host name.'),
    targetRef: objectReference,
    deprecatedTopology: mapOf(string(), 'No longer used.'),
    nodeName: string('Node that it is on.'),
    zone: string('Zone that it is in.'),
    hints: object(
      {
        forZones: listOf(
          object({ name: required(string('Zone.')) }, 'A zone.', discoveryName('ForZone')),
          'Zones that should use it.',
        ),
        forNodes: listOf(
          object({ name: required(string('Node.')) }, 'A node.', discoveryName('ForNode')),
          'Nodes that should use it.',
        ),
      },
      'Who should use it.',
      discoveryName('EndpointHints'),
    ),
  },
  'One machine that answers.',
  discoveryName('Endpoint'),
);
export type Endpoint = Static<typeof endpoint>;

const endpointPort = object(
  {
    name: string('Name of the port of the service.'),
    protocol: oneOf(['TCP', 'UDP', 'SCTP'], 'TCP by default.'),
    port: int32('Port number.'),
    appProtocol: string('What is spoken on the port.'),
  },
  'A port that answers.',
  { ...discoveryName('EndpointPort'), atomic: true },
);
export type EndpointPort = Static<typeof endpointPort>;

const ENDPOINTS_LIMIT = 1000;
const PORTS_LIMIT = 20_000;

function validateSlice(item: EndpointSlice): readonly Cause[] {
  const faults = new Faults();
  const { addressType, endpoints: list, ports = [] } = item;
  if (list.length > ENDPOINTS_LIMIT) faults.tooMany('endpoints', list.length, ENDPOINTS_LIMIT);
  if (ports.length > PORTS_LIMIT) faults.tooMany('ports', ports.length, PORTS_LIMIT);
  const isAddress = { IPv4: isIpv4, IPv6: isIp, FQDN: isDnsSubdomain }[addressType];
  eachItem(list, 'endpoints', ({ addresses }, path) => {
    if (addresses.length === 0) faults.required(`${path}.addresses`, 'must contain at least 1 address');
    eachItem(addresses, `${path}.addresses`, (address, at) => {
      if (!isAddress(address)) faults.invalid(at, address, `must be an address of type ${addressType}`);
    });
  });
  faults.distinct(
    ports,
    ({ name }) => name ?? '',
    (index) => `ports[${index}].name`,
  );
  return faults.causes;
}

/** As many as a table shows before it only counts. */
const SHOWN = 3;

function few(words: readonly string[] | undefined, none: string): string {
  if (!words || words.length === 0) return none;
  const shown = words.slice(0, SHOWN).join(',');
  return words.length > SHOWN ? `${shown} + ${words.length - SHOWN} more...` : shown;
}

const body = object({
  addressType: required(oneOf(['IPv4', 'IPv6', 'FQDN'], 'What the addresses are.')),
  endpoints: filled(listOf(endpoint, 'Machines that answer; at most 1000.')),
  ports: listOf(endpointPort, 'Ports of all endpoints.'),
});

export type EndpointSlice = KindOf<Static<typeof body>>;

export const endpointSlice = defineKind({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  description: 'Some of the machines behind a service.',
  body,
  immutable: ['addressType'],
  defaults: (draft) => {
    draft.endpoints ??= [];
    for (const port of draft.ports ?? []) {
      port.protocol ||= 'TCP';
      port.name ??= '';
    }
  },
  validate: validateSlice,
  columns: [
    textColumn('AddressType', 'What the addresses are.', (item: EndpointSlice) => item.addressType),
    textColumn('Ports', 'Ports of all endpoints.', (item: EndpointSlice) =>
      few(
        item.ports?.map(({ port }) => String(port ?? '*')),
        '<unset>',
      ),
    ),
    textColumn('Endpoints', 'Addresses that answer.', (item: EndpointSlice) =>
      few(
        item.endpoints.flatMap(({ addresses }) => addresses),
        '<unset>',
      ),
    ),
  ],
});
