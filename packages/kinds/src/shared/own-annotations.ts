import { checkUrl } from '../validation/addresses.ts';
import { atKey, type Faults } from '../validation/faults.ts';

/** On a Node: processors of each of its NUMA nodes, such as `16,16`. */
export const numaAnnotation = 'godwit.dev/numa-cores';
/** On a Node: what it draws, in watts, at evenly spaced loads from none to all, such as `86,117`. */
export const wattsAnnotation = 'godwit.dev/watts';
/** On a machine: nobody moves it, where it says `true`. */
export const staysAnnotation = 'godwit.dev/stays';
/** On whatever was decided about: the records of its Decisions. */
export const decisionAnnotation = 'godwit.dev/decision';
/** On a claim, and copied to its volume: a `FillRequest` as JSON. */
export const fillAnnotation = 'godwit.dev/fill';
/** On a PersistentVolume, written by the agent: a `VolumeState` as JSON. */
export const volumeStateAnnotation = 'godwit.dev/volume-state';
/** On a HorizontalPodAutoscaler: where a metric is told, whose name follows. */
export const metricPrefix = 'metrics.godwit.dev/';

const PREFIX = 'godwit.dev/';
/** More than this is a slip. */
const [MOST_NUMA_NODES, MOST_CORES, MOST_WATTS] = [1_024, 65_536, 1_000_000];

interface OwnAnnotation {
  /** Kinds of which it is read; absent: of all. */
  readonly kinds?: readonly string[];
  /** What is wrong with its text; absent where only programs write it, which say what they mean. */
  readonly fault?: (text: string) => string | undefined;
}

const known: Readonly<Record<string, OwnAnnotation>> = {
  [numaAnnotation]: { kinds: ['Node'], fault: numaFault },
  [wattsAnnotation]: { kinds: ['Node'], fault: wattsFault },
  [staysAnnotation]: {
    kinds: ['Pod', 'VirtualMachineInstance'],
    fault: (text) => (text === 'true' || text === 'false' ? undefined : "must be 'true' or 'false'"),
  },
  [decisionAnnotation]: {},
  [fillAnnotation]: { kinds: ['PersistentVolumeClaim', 'PersistentVolume'] },
  [volumeStateAnnotation]: { kinds: ['PersistentVolume'] },
};

/**
 * Godwit's own annotations are refused where nobody would read them, and where nobody could: a slip would be passed over
 * without a word. What stands there already, word for word, is let be.
 */
export function validateOwnAnnotation(kind: string, key: string, value: string, path: string, faults: Faults): void {
  const field = atKey(path, key);
  if (key.startsWith(metricPrefix)) {
    if (kind === 'HorizontalPodAutoscaler') checkUrl(field, value, faults);
    else faults.forbidden(field, readOf(['HorizontalPodAutoscaler']));
  }
  if (!key.startsWith(PREFIX)) return;
  const own = known[key];
  if (!own) faults.notSupported(path, key, namesFor(kind));
  else if (own.kinds && !own.kinds.includes(kind)) faults.forbidden(field, readOf(own.kinds));
  else if (own.fault) faults.check(field, value, own.fault);
}

const readOf = (kinds: readonly string[]) =>
  `it is read of ${kinds.join(' and ')} only; of what makes these it belongs into the metadata of its template`;

function namesFor(kind: string): readonly string[] {
  return Object.keys(known).filter((name) => known[name]?.kinds?.includes(kind) ?? true);
}

/** Numbers of 0 or more, with commas between; undefined where the text is anything else. */
export function readNumbers(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || !/^\d{1,9}(?:\.\d{1,9})?(?:,\d{1,9}(?:\.\d{1,9})?)*$/.test(text)) return undefined;
  return text.split(',').map(Number);
}

function numaFault(text: string): string | undefined {
  const cores = readNumbers(text);
  if (cores?.every(Number.isInteger) && cores.length <= MOST_NUMA_NODES && cores.every((each) => each <= MOST_CORES)) {
    return cores.some((each) => each > 0) ? undefined : 'must have a processor';
  }
  return `must be the processors of each NUMA node, whole numbers of at most ${MOST_CORES} with commas between (such as '16,16')`;
}

function wattsFault(text: string): string | undefined {
  const watts = readNumbers(text);
  if (!watts || watts.length < 2 || watts.some((each) => each > MOST_WATTS)) {
    return `must be watts at evenly spaced loads from none to all, two numbers or more of at most ${MOST_WATTS} with commas between (such as '86,117')`;
  }
  const falls = watts.some((each, index) => each < (watts[index - 1] ?? 0));
  return falls ? 'must not fall: a host that does more draws no less' : undefined;
}
