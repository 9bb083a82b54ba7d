import { type KubeObject, thousandths, wholeUnits } from '@godwit/kinds';
import { bareObject } from './bare/index.ts';
import type { CloudObjects } from './known-cloud.ts';
import type { KnownUse } from './known-groups.ts';
import { isMachine, isPod, type Machine } from './machines.ts';

/** A list as kubectl writes it too. */
export interface SavedCloud {
  readonly apiVersion: 'v1';
  readonly kind: 'List';
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly items: readonly KubeObject[];
}

/** When the cloud was as it is written down, RFC 3339. */
const SAVED_AT = 'sim.godwit.dev/saved-at';
/** What a machine used then, as quantities. */
const USED_CPU = 'sim.godwit.dev/used-cpu';
const USED_MEMORY = 'sim.godwit.dev/used-memory';

/** A cloud as a file that can be given away: bare objects, and what machines use. */
export function savedCloudOf({ objects, use, atMs }: CloudObjects): SavedCloud {
  return {
    apiVersion: 'v1',
    kind: 'List',
    ...(atMs !== undefined && { metadata: { annotations: { [SAVED_AT]: new Date(atMs).toISOString() } } }),
    items: objects.map((object) => withUse(bareObject(object), use)),
  };
}

/** What `savedCloudOf` or kubectl wrote down. */
export function readSaved({ metadata, items }: SavedCloud): CloudObjects {
  const savedAt = metadata?.annotations?.[SAVED_AT];
  const atMs = savedAt === undefined ? Number.NaN : Date.parse(savedAt);
  const use = items.filter(isMachine).flatMap((machine): [string, NonNullable<ReturnType<KnownUse['get']>>][] => {
    const { [USED_CPU]: cpu, [USED_MEMORY]: memory } = machine.metadata.annotations ?? {};
    return cpu === undefined ? [] : [[useName(machine), { cpu: thousandths(cpu), memory: wholeUnits(memory) }]];
  });
  return { objects: items, use: new Map(use), ...(Number.isFinite(atMs) && { atMs }) };
}

/** What a machine is called where its use is told. */
export function useName(machine: Machine): string {
  const { namespace = 'default', name = '' } = machine.metadata;
  return `${isPod(machine) ? 'pod' : 'vmi'}/${namespace}/${name}`;
}

function withUse(object: KubeObject, use: KnownUse | undefined): KubeObject {
  const used = isMachine(object) ? use?.get(useName(object)) : undefined;
  if (!used) return object;
  const { cpu, memory } = used;
  const annotations = {
    ...object.metadata.annotations,
    [USED_CPU]: `${Math.round(cpu)}m`,
    ...(memory !== undefined && { [USED_MEMORY]: String(Math.round(memory)) }),
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
