import type { Cause } from '../../machinery/index.ts';
import type { PreferenceSpec } from './preference-spec.ts';

/** How the virtual processors of an instancetype show: KubeVirt's rules, `pkg/instancetype/apply/cpu.go`. */

export const topologies = ['sockets', 'cores', 'threads', 'spread', 'any'] as const;
type Topology = (typeof topologies)[number];
export const spreads = ['SocketsCores', 'SocketsCoresThreads', 'CoresThreads'] as const;

const DEFAULT_RATIO = 2;
const THREADS_PER_CORE = 2;

/** Each word is also known in an older form: `preferSockets` for `sockets`. */
const byWord: ReadonlyMap<string, Topology> = new Map(
  topologies.flatMap((topology) => [
    [topology, topology],
    [`prefer${topology[0]?.toUpperCase()}${topology.slice(1)}`, topology],
  ]),
);

export function topologyNamed(word: string): Topology | undefined {
  return byWord.get(word);
}

export function preferredTopology(preference: PreferenceSpec | undefined): Topology {
  return topologyNamed(preference?.cpu?.preferredCPUTopology ?? 'sockets') ?? 'sockets';
}

export function spreadOf(preference: PreferenceSpec | undefined): { readonly across: string; readonly ratio: number } {
  const { across, ratio } = preference?.cpu?.spreadOptions ?? {};
  const older = preference?.preferSpreadSocketToCoreRatio;
  return { across: across ?? 'SocketsCores', ratio: ratio ?? (older || DEFAULT_RATIO) };
}

interface CpuTopology {
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
}

export function topologyOf(processors: number, preference: PreferenceSpec | undefined): CpuTopology {
  const one = { sockets: 1, cores: 1, threads: 1 };
  if (processors === 1) return one;
  const topology = preferredTopology(preference);
  if (topology === 'cores' || topology === 'threads') return { ...one, [topology]: processors };
  if (topology !== 'spread') return { ...one, sockets: processors };
  const { across, ratio } = spreadOf(preference);
  if (across === 'CoresThreads') return { ...one, cores: processors / ratio, threads: ratio };
  if (across === 'SocketsCores') return { ...one, sockets: processors / ratio, cores: ratio };
  return { sockets: processors / THREADS_PER_CORE / ratio, cores: ratio, threads: THREADS_PER_CORE };
}

/** Processors that cannot be spread as the preference wants them. */
export function spreadCauses(processors: number, preference: PreferenceSpec | undefined): readonly Cause[] {
  if (preferredTopology(preference) !== 'spread' || processors === 1) return [];
  const { across, ratio } = spreadOf(preference);
  const unit = across === 'SocketsCoresThreads' ? ratio * THREADS_PER_CORE : ratio;
  if (processors % unit === 0) return [];
  const message = `${processors} processors cannot be spread across ${across} in groups of ${unit}, as the preference wants`;
  return [{ reason: 'FieldValueInvalid', field: 'instancetype.spec.cpu.guest', message }];
}
