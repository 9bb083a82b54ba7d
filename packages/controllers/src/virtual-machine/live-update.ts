import {
  type Draft,
  defaultInstanceSpec,
  type Stored,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceSpec,
  wholeUnits,
} from '@godwit/kinds';
import { generationAnnotation, specOfMachine } from './instance-of-machine.ts';

/** Another size for an instance that runs. What is absent stays as it is. */
export interface LiveUpdate {
  readonly sockets?: number;
  /** A quantity of memory. */
  readonly guest?: string | number;
}

/** How an instance differs from what its machine's template says. */
export interface Difference {
  /** What can be made so while it runs. */
  readonly live: LiveUpdate | undefined;
  /** Something else differs, which only a restart makes so. */
  readonly needsRestart: boolean;
}

/** Parts of a running instance that may differ from the template without a restart being needed. */
const FREE_FIELDS = [
  'affinity',
  'nodeSelector',
  'startStrategy',
  'terminationGracePeriodSeconds',
  'tolerations',
] as const;

/** A guest shrinks to no less than this part of what it booted with, as it grows to so many times it. */
const MOST_SHRINKING = 4;
const LEAST_GUEST_BYTES = 64 * 1024 ** 2;

const same: Difference = { live: undefined, needsRestart: false };

/**
 * KubeVirt's LiveUpdate, and back: sockets between 1 and `maxSockets`, memory up to `maxGuest` and down to a quarter of
 * what the guest booted with. Everything else waits for a restart.
 */
export function differenceOf(machine: Stored<VirtualMachine>, instance: Stored<VirtualMachineInstance>): Difference {
  const madeFrom = instance.metadata.annotations?.[generationAnnotation];
  if (madeFrom === String(machine.metadata.generation ?? 0)) return same;
  const wanted = structuredClone(specOfMachine(machine)) as Draft<VirtualMachineInstanceSpec>;
  const given = { maxSockets: wanted.domain.cpu?.maxSockets, maxGuest: wanted.domain.memory?.maxGuest };
  defaultInstanceSpec(wanted);
  const { cpu = {}, memory = {} } = instance.spec.domain;
  const sockets = wanted.domain.cpu?.sockets;
  const guest = wanted.domain.memory?.guest;
  const live: LiveUpdate = {
    ...(sockets !== undefined && canTakeSockets(instance, sockets) && { sockets }),
    ...(guest !== undefined && canTakeMemory(instance, guest) && { guest }),
  };
  // What is made so while it runs is no difference, nor are limits that nobody named and that follow from the size.
  wanted.domain.cpu = {
    ...wanted.domain.cpu,
    ...(live.sockets !== undefined && { sockets: cpu.sockets }),
    ...(given.maxSockets === undefined && { maxSockets: cpu.maxSockets }),
  } as NonNullable<typeof wanted.domain.cpu>;
  wanted.domain.memory = {
    ...wanted.domain.memory,
    ...(live.guest !== undefined && { guest: memory.guest }),
    ...(given.maxGuest === undefined && { maxGuest: memory.maxGuest }),
  } as NonNullable<typeof wanted.domain.memory>;
  return {
    live: Object.keys(live).length > 0 ? live : undefined,
    needsRestart: fixedText(wanted) !== fixedText(instance.spec),
  };
}

/**
 * Below this no guest is squeezed while it runs: its kernel keeps tables for all the memory that it booted with, and
 * most systems need 64 MiB for themselves.
 */
function leastBytes(bytesAtBoot: number): number {
  return Math.max(bytesAtBoot / MOST_SHRINKING, Math.min(bytesAtBoot, LEAST_GUEST_BYTES));
}

/** What the instance's host tells of a size that the guest cannot be given while it runs; undefined where there is none. */
export function resizeTrouble({ status }: Stored<VirtualMachineInstance>): string | undefined {
  const refused = (status?.conditions ?? []).find(
    ({ type, status: holds }) => (type === 'HotVCPUChange' || type === 'HotMemoryChange') && holds === 'False',
  );
  return refused && (refused.message ?? refused.reason);
}

function canTakeSockets({ spec, status }: Stored<VirtualMachineInstance>, wanted: number): boolean {
  const { cpu = {} } = spec.domain;
  const { sockets = 1, maxSockets = sockets } = cpu;
  // Processors that are the guest's own were set aside for it when it started.
  if (status?.phase !== 'Running' || cpu.realtime || cpu.dedicatedCpuPlacement) return false;
  return wanted !== sockets && wanted >= 1 && wanted <= maxSockets;
}

function canTakeMemory({ spec, status }: Stored<VirtualMachineInstance>, wanted: string | number): boolean {
  const { memory = {}, devices } = spec.domain;
  const [bytes, bytesNow] = [wholeUnits(wanted), wholeUnits(memory.guest)];
  // Huge pages are set aside when the guest starts; a balloon of small ones gives none of them back.
  if (status?.phase !== 'Running' || memory.guest === undefined || memory.hugepages) return false;
  if (bytes > bytesNow) return memory.maxGuest !== undefined && bytes <= wholeUnits(memory.maxGuest);
  const bytesAtBoot = wholeUnits(status.memory?.guestAtBoot ?? memory.guest);
  return bytes < bytesNow && bytes >= leastBytes(bytesAtBoot) && devices.autoattachMemBalloon !== false;
}

function fixedText(spec: VirtualMachineInstanceSpec): string {
  const fixed: Record<string, unknown> = { ...spec, domain: { ...spec.domain, memory: spec.domain.memory ?? {} } };
  for (const field of FREE_FIELDS) delete fixed[field];
  return JSON.stringify(fixed, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
