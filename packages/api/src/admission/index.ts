import type { KindHub } from '../documents/kind-hub.ts';
import type { Engine } from '../operations/engine.ts';
import { machineAddressRelease } from './addresses/machine-address-release.ts';
import { serviceAddresses } from './addresses/service-addresses.ts';
import type { Admitter } from './admitter.ts';
import { bornOnNode } from './born-on-node.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { emptyToSleep } from './empty-to-sleep.ts';
import { factsOfGodwit } from './facts-of-godwit.ts';
import { instancePresets } from './instance-presets.ts';
import { limitRanges } from './limit-range/index.ts';
import { machineTypes } from './machine-types/index.ts';
import { moveEnd } from './move-end.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { podPriority } from './pod-priority.ts';
import { podServiceAccount } from './pod-service-account.ts';
import { resourceQuotas } from './quota/index.ts';
import { rightsEscalation } from './rights-escalation.ts';
import { roomToGrow } from './room-to-grow.ts';

/** Finds the filled cache of a kind, where the kind is served. */
export type LiveHub = (group: string, version: string, plural: string) => Promise<KindHub | undefined>;

type Maker = (engine: Engine, live: LiveHub) => Promise<Admitter | undefined>;

const makers: readonly Maker[] = [
  namespaceLifecycle,
  nodeRestriction,
  factsOfGodwit,
  rightsEscalation,
  podServiceAccount,
  podPriority,
  instancePresets,
  machineTypes,
  defaultStorageClass,
  limitRanges,
  serviceAddresses,
  machineAddressRelease,
  resourceQuotas,
  bornOnNode,
  roomToGrow,
  moveEnd,
  emptyToSleep,
];

/**
 * The gates that every write passes, in this order: first whether it may be at all, then what it gets that
 * it did not say, then whether the result is within bounds, then what is set aside for it. A gate whose kinds
 * are not served is left out.
 */
export async function builtInAdmitters(engine: Engine, live: LiveHub): Promise<readonly Admitter[]> {
  const admitters = await Promise.all(makers.map((make) => make(engine, live)));
  return admitters.filter((admitter) => admitter !== undefined);
}
