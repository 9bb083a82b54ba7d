import {
  type PoolSelectionPolicy,
  type Stored,
  selects,
  type VirtualMachine,
  type VirtualMachinePool,
} from '@godwit/kinds';
import { indexOfMember } from './machine-of-pool.ts';

type Machine = Stored<VirtualMachine>;

/**
 * Machines in the order in which they are taken. Those that a selector names come before all others, as the selectors
 * stand; within them the sort policy decides. A machine that does not answer always goes before one that does.
 * @param chance from 0 to 1: the same for the same random order
 */
export function inTurn(
  pool: Stored<VirtualMachinePool>,
  machines: readonly Machine[],
  policy: PoolSelectionPolicy | undefined,
  chance: number,
): readonly Machine[] {
  const { selectors = [], sortPolicy = 'Random' } = policy ?? {};
  const group = ({ metadata }: Machine): number => {
    const found = selectors.findIndex(({ labelSelector }) => selects(labelSelector, metadata.labels));
    return found < 0 ? selectors.length : found;
  };
  const value = sortValues[sortPolicy];
  return machines
    .map((machine, position) => {
      const rank = [group(machine), machine.status?.ready === true ? 1 : 0, value({ pool, machine, position, chance })];
      return { machine, rank: [...rank, position] };
    })
    .sort((a, b) => {
      const differing = a.rank.findIndex((part, at) => part !== b.rank[at]);
      return differing < 0 ? 0 : (a.rank[differing] as number) - (b.rank[differing] as number);
    })
    .map(({ machine }) => machine);
}

interface Candidate {
  readonly pool: Stored<VirtualMachinePool>;
  readonly machine: Machine;
  readonly position: number;
  readonly chance: number;
}

const born = ({ machine }: Candidate) => Date.parse(machine.metadata.creationTimestamp ?? '') || 0;
/** Machines without a number come last, in either order. */
const number = ({ pool, machine }: Candidate) => indexOfMember(pool, machine) ?? Number.POSITIVE_INFINITY;

const sortValues: Readonly<Record<NonNullable<PoolSelectionPolicy['sortPolicy']>, (of: Candidate) => number>> = {
  Newest: (of) => -born(of),
  Oldest: born,
  AscendingOrder: number,
  DescendingOrder: (of) => (Number.isFinite(number(of)) ? -number(of) : Number.POSITIVE_INFINITY),
  // Steps of the golden ratio visit positions in an order that looks random and needs one number only.
  Random: ({ position, chance }) => (chance + (position + 1) * 0.618_033_988_75) % 1,
};
