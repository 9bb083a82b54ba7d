import type { Affinity, NodeSelector, Toleration, TopologySpreadConstraint } from '@godwit/kinds';
import type { Amounts } from '../amounts.ts';

/** A port of the host itself that a machine takes. */
export interface HostPort {
  readonly protocol: string;
  readonly port: number;
  /** Address of the host, where it is not every one. */
  readonly address?: string;
}

/** The text that two machines share when they want the same port of a host. */
export function portKey({ protocol, port }: HostPort): string {
  return `${protocol}/${port}`;
}

/** Where a volume can be reached: hosts that match, or none at all, and why. */
export interface VolumeReach {
  readonly claim: string;
  readonly hosts?: NodeSelector;
}

/** GPUs that a machine takes: several whole ones, or a part of one. */
export interface GpuRequest {
  readonly count: number;
  /** Thousandths of each that it takes; 1000 is the whole. */
  readonly share: number;
  /** Which ones of the host, once they are chosen. */
  readonly devices?: readonly number[];
}

/** Processors that a machine has to itself. */
export interface CoresRequest {
  /** How many NUMA nodes they come from, and how many whole cores from each. */
  readonly count: number;
  readonly share: number;
  /** Whether the guest sees the layout, so that it must be so; else it is so where possible. */
  readonly strict: boolean;
  /** Which NUMA nodes of the host, once they are chosen. */
  readonly devices?: readonly number[];
}

/** All that placing needs to know of a machine, a Pod or a VirtualMachineInstance. */
export interface MachineRequest {
  readonly uid: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly amounts: Amounts;
  readonly ports: readonly HostPort[];
  /** True once it has ended for good and holds nothing any more. */
  readonly finished: boolean;
  /** Processor architecture that it needs, as Kubernetes names it; absent: any. */
  readonly architecture?: string;
  /** Larger goes first. */
  readonly priority: number;
  readonly nodeSelector: Readonly<Record<string, string>> | undefined;
  readonly affinity: Affinity | undefined;
  readonly tolerations: readonly Toleration[];
  readonly spread: readonly TopologySpreadConstraint[];
  readonly volumes: readonly VolumeReach[];
  readonly gpu?: GpuRequest;
  readonly cores?: CoresRequest;
  /** When it was asked for, in seconds since some fixed moment. */
  readonly since?: number;
  /** Container images that it starts from. */
  readonly images?: readonly string[];
}

/** A machine that asks for nothing but what is said; by default a pod that is called by its uid, in no namespace. */
export function plainRequest(said: Pick<MachineRequest, 'uid'> & Partial<MachineRequest>): MachineRequest {
  return {
    kind: 'Pod',
    namespace: '',
    name: said.uid,
    labels: {},
    amounts: {},
    ports: [],
    finished: false,
    priority: 0,
    nodeSelector: undefined,
    affinity: undefined,
    tolerations: [],
    spread: [],
    volumes: [],
    ...said,
  };
}

/** What the objects themselves do not say, and the scheduler looks up. */
export interface RequestContext {
  readonly priority?: number;
  readonly volumes?: readonly VolumeReach[];
}
