import {
  asleepTaint,
  type Node,
  numaAnnotation,
  readNumbers,
  sleepOf,
  type Taint,
  wattsAnnotation,
} from '@godwit/kinds';
import { type Amounts, amountsOf, gpuShareResource } from '../amounts.ts';
import type { PowerCurve } from '../power/index.ts';
import { wholeGpus } from '../request/common.ts';
import { WHOLE_DEVICE } from './device-table.ts';

/** All that placing needs to know of a host. */
export interface Host {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Its agent reports, and says that machines can run. */
  readonly ready: boolean;
  /** It is off because nothing needs it, and can be woken. */
  readonly asleep?: boolean;
  /** Takes new machines: nobody has cordoned it. */
  readonly schedulable: boolean;
  /** What machines may use, all together. */
  readonly capacity: Amounts;
  /** How many single GPUs it has. */
  readonly gpus?: number;
  /** Whole cores of each of its NUMA nodes; absent where nobody has said, and then it counts as one. */
  readonly numa?: readonly number[];
  /** Names of the container images that it has. */
  readonly images?: ReadonlySet<string>;
  /** What it draws from nothing to all of its processors in use, in watts. */
  readonly watts?: PowerCurve;
}

/** What is asked about every host first, as bits: a column of them is read faster than as many objects. */
export const hostState = { isThere: 1, isReady: 2, isSchedulable: 4, hasTaints: 8, isAsleep: 16 } as const;

export function stateOf(host: Host | undefined): number {
  if (!host) return 0;
  return (
    hostState.isThere |
    (host.ready ? hostState.isReady : 0) |
    (host.schedulable ? hostState.isSchedulable : 0) |
    (host.taints.length > 0 ? hostState.hasTaints : 0) |
    (host.asleep ? hostState.isAsleep : 0)
  );
}

/** The host as it is once it has been woken. */
export function awake(host: Host): Host {
  return host.asleep ? { ...host, asleep: false, ready: true } : host;
}

export function hostOfNode(node: Node): Host {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  const asleep = sleepOf(node) !== undefined;
  const capacity = amountsOf(node.status?.allocatable ?? node.status?.capacity);
  const gpus = wholeGpus(capacity);
  const numa = readNumbers(node.metadata.annotations?.[numaAnnotation]);
  const watts = readNumbers(node.metadata.annotations?.[wattsAnnotation]);
  const images = (node.status?.images ?? []).flatMap(({ names = [] }) => names.flatMap(namesOfImage));
  return {
    name: node.metadata.name ?? '',
    labels: node.metadata.labels ?? {},
    taints: asleep ? (node.spec?.taints ?? []).filter(({ key }) => key !== asleepTaint) : (node.spec?.taints ?? []),
    ready: ready && !asleep && !node.metadata.deletionTimestamp,
    schedulable: node.spec?.unschedulable !== true,
    capacity: gpus > 0 ? { ...capacity, [gpuShareResource]: gpus * WHOLE_DEVICE } : capacity,
    ...(asleep && { asleep }),
    ...(gpus > 0 && { gpus }),
    ...(numa && { numa }),
    ...(images.length > 0 && { images: new Set(images) }),
    ...(watts && { watts }),
  };
}

/** Whole cores of each NUMA node. */
export function coresOf({ numa, capacity }: Host): readonly number[] {
  return numa ?? [Math.floor((capacity.cpu ?? 0) / 1000)];
}

/** What machines may call an image: whatever was built here or comes from Docker's registry has short names. */
function namesOfImage(full: string): readonly string[] {
  const short = full.replace(/^(?:localhost|docker\.io\/library|docker\.io)\//, '');
  return [...new Set([full, short].flatMap((name) => [name, name.replace(/:latest$/, '')]))];
}
