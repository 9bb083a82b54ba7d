export type MachineKind = 'Pod' | 'VirtualMachineInstance';

/** Which machines: those of a namespace whose labels match the selector, in its text form. */
export interface MachineSelection {
  readonly kind: MachineKind;
  readonly namespace: string;
  readonly selector: string;
}

/** Where one machine tells its figures, in Prometheus' format. */
export interface MachineEndpoint {
  readonly name: string;
  readonly url: string;
}

/** A metric that is no use of a resource. */
export type ValueQuery =
  /** Of each machine: what those tell themselves that tell it somewhere. */
  | {
      readonly of: 'machines';
      readonly machines: MachineSelection;
      readonly endpoints: readonly MachineEndpoint[];
      readonly metric: string;
      readonly selector?: string;
    }
  /** Of another object. */
  | {
      readonly of: 'object';
      readonly namespace: string;
      readonly kind: string;
      readonly name: string;
      readonly metric: string;
      readonly selector?: string;
      readonly url?: string;
    }
  /** Of something outside the cloud, by name; `url` is where somebody said that it is told. */
  | {
      readonly of: 'outside';
      readonly namespace: string;
      readonly metric: string;
      readonly selector?: string;
      readonly url?: string;
    }
  /** What a query of a Prometheus gives. */
  | { readonly of: 'prometheus'; readonly url: string; readonly query: string }
  /** What an HTTP endpoint answers: a number, or JSON with a number at a dot path. */
  | { readonly of: 'http'; readonly url: string; readonly path?: string };

/** What a load balancer measures of a Service: requests and errors a second, what waits, connections, seconds of latency. */
export const balancerMeasures = ['requests', 'errors', 'queue', 'connections', 'latency'] as const;

/** A number as of now, and of whom it is where there are several. */
export interface ValueSample {
  readonly name?: string;
  readonly value: number;
  /** What sets it apart from others of the same metric. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Over how long it is a mean or a rate; absent for what is true at one moment. */
  readonly windowMs?: number;
}

/**
 * The one way of reading such metrics, for autoscalers and for the API that shows people what those see.
 * @throws Failure with a message for people: `metric-unknown` and `metric-missing` when there is none, else because it
 *   cannot be read now
 */
export type ValueReader = (query: ValueQuery, signal: AbortSignal) => Promise<readonly ValueSample[]>;
