/** A machine that has processors of its host to itself. */
export interface DedicatedMachine {
  /** One for each of the guest's processors, in their order. */
  readonly processors: readonly number[];
  /** Those of the emulator's own threads. */
  readonly emulator: readonly number[];
}

export interface DedicationRequest {
  /** How many processors the guest has. */
  readonly count: number;
  /** Whether the emulator gets one more. */
  readonly isolateEmulator: boolean;
  /** Whether all have to come from one NUMA node. */
  readonly oneNode: boolean;
}

/**
 * Processors for one more machine that is to have them to itself: from the NUMA node that has the fewest left and
 * still enough, or where none has, and that is allowed, from several. The host's first processor is given last, and
 * one always stays for all others. Undefined where there are not enough.
 * @param nodes processors of the host by NUMA node
 */
export function dedicate(
  nodes: readonly (readonly number[])[],
  others: Iterable<DedicatedMachine>,
  { count, isolateEmulator, oneNode }: DedicationRequest,
): DedicatedMachine | undefined {
  const taken = new Set([...others].flatMap(({ processors, emulator }) => [...processors, ...emulator]));
  const free = nodes.map((processors) => processors.filter((processor) => !taken.has(processor)).toReversed());
  const wanted = count + (isolateEmulator ? 1 : 0);
  if (free.flat().length <= wanted) return undefined;
  const [fullest] = free.filter(({ length }) => length >= wanted).toSorted((a, b) => a.length - b.length);
  const chosen = fullest ?? (oneNode ? undefined : free.toSorted((a, b) => b.length - a.length).flat());
  if (!chosen) return undefined;
  const processors = chosen.slice(0, count);
  return { processors, emulator: isolateEmulator ? chosen.slice(count, wanted) : processors };
}

/** The processors that everybody else shares. */
export function sharedProcessors(
  nodes: readonly (readonly number[])[],
  machines: Iterable<DedicatedMachine>,
): readonly number[] {
  const taken = new Set([...machines].flatMap(({ processors, emulator }) => [...processors, ...emulator]));
  return nodes.flat().filter((processor) => !taken.has(processor));
}
