import type { PlacementSpec } from '@godwit/kinds';
import { type Amounts, soundAmount } from './amounts.ts';

/** How hosts are chosen. Equal policies should be the same object: what is remembered is remembered by policy. */
export interface Policy {
  readonly name: string;
  readonly weights: Weights;
  /**
   * How much of a resource may be given out, as a multiple of what is there: `{cpu: 4}` gives out every core four
   * times. What is not named is given out once.
   */
  readonly overcommit?: Amounts;
  readonly isolation?: Isolation;
  /** Which hosts it is for, by their labels; all, where absent. */
  readonly governs?: (labels: Labels) => boolean;
  /** The policies of other hosts. */
  readonly others?: readonly Policy[];
}

type Labels = Readonly<Record<string, string>>;

/** A policy and those of other hosts: each host is one's. */
export function partsOf(policy: Policy): readonly Policy[] {
  return policy.others ? [policy, ...policy.others] : [policy];
}

/** What the policy says of a host with these labels. */
export function partFor(policy: Policy, labels: Labels): Policy {
  return partsOf(policy).find(({ governs }) => !governs || governs(labels)) ?? policy;
}

/** How good hosts are told from better ones. Weights are relative; a weight of 0 leaves a question out. */
export interface Weights {
  /** How much room is left afterwards: high weight spreads machines out. */
  readonly leavesRoom: number;
  /** How full the host is afterwards: high weight packs machines together. */
  readonly fillsUp: number;
  /** Whether processors and memory run out at the same time. */
  readonly keepsBalance: number;
  /** What the machine says it would like. */
  readonly isPreferred: number;
  /** Taints that ask, but do not insist. */
  readonly avoidsTaints: number;
  /** How little of the GPUs is lost to the machines that usually come. */
  readonly staysUseful: number;
  /** How few watts it takes. */
  readonly savesEnergy: number;
  /** How long the host's oldest machine has been there: what has lasted will last. */
  readonly joinsElders: number;
  /** How many of the machine's images are there already. */
  readonly hasImages: number;
}

/** Which tenants may share hosts. */
export interface Isolation {
  /** Label of machines that names their tenant; where it is absent the namespace is the tenant. */
  readonly tenantLabel?: string;
  readonly sharing?: 'allowed' | 'never';
  /** Groups of tenants of which no two may share a host. */
  readonly apart?: readonly (readonly string[])[];
  /** Tenants with hosts of their own: nobody else runs there, and they run nowhere else. */
  readonly dedicated?: readonly { readonly tenant: string; readonly nodeSelector: Readonly<Record<string, string>> }[];
}

/** How often a resource is given out. A ratio that is no positive number counts as once. */
export function overcommitOf({ overcommit }: Policy, resource: string): number {
  return soundAmount(overcommit?.[resource]) || 1;
}

const common = { isPreferred: 6, avoidsTaints: 3, staysUseful: 0, savesEnergy: 0, joinsElders: 0, hasImages: 1 };

/** Room for everybody: the default. */
export const spreadPolicy: Policy = {
  name: 'spread',
  weights: { leavesRoom: 4, fillsUp: 0, keepsBalance: 1, ...common },
};

/** As few hosts as will do. */
export const packPolicy: Policy = {
  name: 'pack',
  weights: { leavesRoom: 0, fillsUp: 4, keepsBalance: 1, ...common, joinsElders: 4 },
};

/** As few watts as will do: hosts that are awake before those that sleep, thrifty ones before others. */
export const energyPolicy: Policy = {
  name: 'energy',
  weights: { leavesRoom: 0, fillsUp: 1, keepsBalance: 1, ...common, savesEnergy: 6, joinsElders: 1 },
};

/**
 * As little as possible is left over that nobody can use: GPUs that are used in parts, or that lack the processors
 * to go with them. Among hosts that stay as useful, the fuller one.
 */
export const fragmentationPolicy: Policy = {
  name: 'fragmentation',
  weights: {
    leavesRoom: 0,
    fillsUp: 1,
    keepsBalance: 0,
    isPreferred: 200,
    avoidsTaints: 100,
    staysUseful: 200,
    savesEnergy: 0,
    joinsElders: 0,
    hasImages: 1,
  },
};

const strategies = {
  spread: spreadPolicy,
  pack: packPolicy,
  fragmentation: fragmentationPolicy,
  energy: energyPolicy,
};

const made = new WeakMap<PlacementSpec, Policy>();

/** The policy that a BalancePolicy's `spec.placement` describes; the same object for the same spec. */
export function policyOf(spec: PlacementSpec | undefined): Policy {
  if (!spec) return spreadPolicy;
  let policy = made.get(spec);
  if (!policy) {
    policy = describedPolicy(spec);
    made.set(spec, policy);
  }
  return policy;
}

function describedPolicy({ strategy = 'spread', overcommit, isolation }: PlacementSpec): Policy {
  const base = strategies[strategy];
  if (!overcommit && !isolation) return base;
  const { tenantLabel, sharing, apart, dedicated } = isolation ?? {};
  const rules: Isolation = {
    ...(tenantLabel && { tenantLabel }),
    ...(sharing && { sharing }),
    ...(apart && { apart: apart.map(({ tenants }) => tenants) }),
    ...(dedicated && { dedicated }),
  };
  return {
    ...base,
    ...(overcommit && { overcommit: overcommit as Amounts }),
    ...(isolation && { isolation: rules }),
  };
}
