/** What one machine used, at the end of a window of time. */
export interface MachineSample {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly windowMs: number;
  /** Containers by name; a virtual machine has one. */
  readonly parts: readonly { readonly name: string; readonly cpuCores: number; readonly memoryBytes: number }[];
}

export type MachineKind = 'Pod' | 'VirtualMachineInstance';

/** Which machines: those of a namespace whose labels match the selector, in its text form. */
export interface MachineSelection {
  readonly kind: MachineKind;
  readonly namespace: string;
  readonly selector: string;
}

/** A number, and of whom it is where there are several. */
export interface ValueSample {
  readonly name?: string;
  readonly value: number;
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

/** Where autoscalers get their numbers. Both throw when there is none, with a message for people. */
export interface MetricsSource {
  machines(selection: MachineSelection, signal: AbortSignal): Promise<readonly MachineSample[]>;
  values(query: ValueQuery, signal: AbortSignal): Promise<readonly ValueSample[]>;
}
