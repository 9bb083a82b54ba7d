import type { KnownMachine } from './ledger.ts';

/** How the machines of a cloud that was there already stood when the rehearsal began. */
export interface TakenOver {
  /** On the host where they are. */
  readonly inPlace: number;
  /** Of those that have no host: they wait, as they do. */
  readonly waiting: number;
  /** Machines that were elsewhere, or gone, or had a host that they do not have. None, unless something is wrong. */
  readonly elsewhere: readonly {
    readonly machine: string;
    readonly is: string | undefined;
    readonly was: string | undefined;
  }[];
}

/**
 * Compares where machines are with where they began.
 * @param places the host of each, by `kind/namespace/name`; undefined for one that waits
 */
export function compareBeginning(
  places: ReadonlyMap<string, string | undefined>,
  machines: Iterable<Pick<KnownMachine, 'name' | 'host'>>,
): TakenOver {
  const began = new Map([...machines].map(({ name, host }) => [name, host]));
  const elsewhere: TakenOver['elsewhere'][number][] = [];
  let [inPlace, waiting] = [0, 0];
  for (const [machine, is] of places) {
    const was = began.get(machine);
    if (!began.has(machine) || is !== was) elsewhere.push({ machine, is, was });
    else if (is === undefined) waiting++;
    else inPlace++;
  }
  return { inPlace, waiting, elsewhere };
}
