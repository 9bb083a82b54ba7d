/**
 * Why a machine has no host, and what would help, as values: each has a code and its names and figures, and every
 * language has words for each code. Amounts are in base units: thousandths of a core, bytes, pieces.
 */
import type { reasons } from '../reason.ts';

/** Why a machine has no host. */
export interface WhyRefused {
  /** How many hosts there are. */
  readonly hosts: number;
  readonly obstacles: readonly ToldObstacle[];
  /** What would make it fit, the least first; empty where nothing simple would. */
  readonly remedies: readonly Remedy[];
}

/** Something in the way, and on how many hosts. */
export interface ToldObstacle {
  readonly obstacle: Obstacle;
  readonly hosts: number;
}

/** Something that is asked for by amount. */
export type Resource =
  | { readonly is: 'named'; readonly name: string }
  /** A part of a single one: what is left on several does not add up. */
  | { readonly is: 'of-one-gpu'; readonly name: string }
  | { readonly is: 'whole-gpus' }
  /** Cores that nobody else has. */
  | { readonly is: 'whole-cores' }
  | { readonly is: 'whole-cores-of-one-node' };

/** Reasons about which there is nothing more to say. */
type PlainReason = Exclude<
  keyof typeof reasons,
  | 'passes'
  | 'hasOtherPolicy'
  | `lacks${string}`
  | 'portIsTaken'
  | 'hasOtherArchitecture'
  | 'hasTaint'
  | 'hasNoTopologyLabel'
>;

/** One thing in the way. */
export type Obstacle =
  | { readonly is: PlainReason }
  | Lack
  | { readonly is: 'portIsTaken'; readonly port: string }
  /** One that the machine had been promised. */
  | { readonly is: 'gpuIsTaken'; readonly device: number }
  | { readonly is: 'hasOtherArchitecture'; readonly wanted: string }
  | { readonly is: 'hasTaint'; readonly taint: string }
  | {
      readonly is: 'hasNoTopologyLabel';
      readonly rules: 'spread' | 'affinity';
      readonly labels: readonly string[];
    };

/** Too little of something. */
export interface Lack {
  readonly is: 'lacks';
  readonly resource: Resource;
  readonly needed: number;
  /** What is left; of several hosts that of the one with the most. */
  readonly free: number;
  /** Whether the hosts have that or less. */
  readonly atMost?: true;
}

/** One thing to do, or several that only help together; of several such ways each is enough. */
export type Remedy = readonly Way[];
export type Way = readonly Act[];

/** So many, and the names of the first few. */
export interface Some<Name> {
  readonly count: number;
  readonly first: readonly Name[];
}

/** A machine; its namespace where that is another than that of the machine in question. */
export interface MachineName {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** What is asked of one label. */
export interface LabelRule {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values?: readonly string[];
}

/** Machines that a rule about neighbours means: any where there are no rules. */
export interface Meant {
  readonly labels: readonly LabelRule[];
  /** Where they are, if that is not the namespace of the machine in question. */
  readonly namespaces?: readonly string[] | 'selected';
}

/** Machines of one place of which only the number is known. */
export interface CountedMachines {
  readonly count: number;
  readonly meant?: Meant;
  readonly place: string;
}

/** A label that a host is to be given. */
export interface GivenLabel {
  readonly key: string;
  readonly value?: string;
  /** No other host may have the same value. */
  readonly ownValue?: true;
}

/** What a machine could ask for instead. */
export type Wish =
  | { readonly is: 'less'; readonly resource: Resource; readonly amount: number }
  | { readonly is: 'none'; readonly resource: Resource }
  | { readonly is: 'other-hosts' };

/** What another host would have to have. */
export type Trait =
  | { readonly is: 'amount'; readonly resource: Resource; readonly amount?: number }
  /** All the labels of one of these lists. */
  | { readonly is: 'labels'; readonly anyOf: readonly (readonly LabelRule[])[] }
  | { readonly is: 'architecture'; readonly wanted: string }
  /** Where each of the volumes is. */
  | {
      readonly is: 'volume';
      readonly reaches: readonly (readonly (readonly LabelRule[])[])[];
      readonly claims: readonly string[];
    }
  | { readonly is: 'no-tenant' };

/** Something to do. Where several hosts are named, any of them will do. */
export type Act =
  | { readonly is: 'ask'; readonly wishes: readonly Wish[] }
  | { readonly is: 'add-larger-host' }
  | { readonly is: 'add-host'; readonly traits: readonly Trait[] }
  | { readonly is: 'free'; readonly resource: Resource; readonly amount: number; readonly on: Some<string> }
  | { readonly is: 'take-off'; readonly count: number; readonly from: Some<string> }
  | { readonly is: 'bring-back' | 'wake' | 'uncordon'; readonly host: Some<string> }
  | { readonly is: 'move'; readonly machine: MachineName; readonly to: string }
  | { readonly is: 'move-off'; readonly machines: Some<MachineName>; readonly host: string }
  | { readonly is: 'remove-taints'; readonly taints: readonly string[]; readonly host: string }
  | { readonly is: 'tolerate'; readonly taints: readonly string[] }
  | { readonly is: 'give-labels'; readonly host: string; readonly labels: readonly GivenLabel[] }
  | { readonly is: 'take-labels'; readonly host: string; readonly labels: readonly string[] }
  | { readonly is: 'other-ports'; readonly ports: readonly string[] }
  | { readonly is: 'other-volume'; readonly claims: readonly string[] }
  | {
      readonly is: 'start';
      readonly machines: readonly Meant[];
      readonly host: string;
      /** Another host of this place would do as well. */
      readonly orIn?: string;
    }
  | { readonly is: 'not-near'; readonly meant: readonly Meant[]; readonly farAsWell?: true }
  | { readonly is: 'not-far'; readonly meant: readonly Meant[] }
  | {
      readonly is: 'stop';
      readonly machines: Some<MachineName>;
      readonly counted: readonly CountedMachines[];
      /** They keep the machine away, or are what it must be far from. */
      readonly since?: 'keep-away' | 'must-be-far';
    }
  | {
      readonly is: 'allow-skew';
      readonly skews: readonly { readonly maxSkew: number; readonly topologyKey: string }[];
    }
  /** The machine and these wait for each other. */
  | { readonly is: 'break-circle'; readonly others: readonly MachineName[] };
