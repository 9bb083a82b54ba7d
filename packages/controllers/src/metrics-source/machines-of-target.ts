import type { ApiClient, KindCache } from '@godwit/client';
import {
  instanceUsage,
  type MachineSelection,
  matchesLabels,
  type Pod,
  parseLabelSelector,
  parseQuantity,
  pod,
  type Stored,
  type VirtualMachineInstance,
  virtualMachineInstance,
} from '@godwit/kinds';
import type { MeasuredMachine } from '@godwit/planner';

/** A virtual machine, which is measured by what it was given. */
export interface MeasuredInstance {
  readonly object: Stored<VirtualMachineInstance>;
  readonly name: string;
  readonly state: MeasuredMachine['state'];
  /** Cores and bytes. */
  readonly requests: Readonly<Record<string, number>>;
}

/** The machines of a target, whatever they are. */
export interface ObservedMachines {
  readonly selection: MachineSelection;
  readonly pods: readonly Stored<Pod>[];
  readonly instances: readonly MeasuredInstance[];
}

/** Finds the machines that a selector means, in the caches. */
export class MachinesOfTarget {
  readonly #pods: KindCache<Pod>;
  readonly #instances: KindCache<VirtualMachineInstance>;

  constructor(client: ApiClient) {
    this.#pods = client.cache(pod);
    this.#instances = client.cache(virtualMachineInstance);
  }

  find(selection: MachineSelection): ObservedMachines {
    const { kind, namespace, selector } = selection;
    const requirements = parseLabelSelector(selector);
    // A target that says not which machines are its own has none: nothing selects everything by accident.
    const chosen = ({ metadata }: Stored<Pod> | Stored<VirtualMachineInstance>) =>
      requirements.length > 0 && matchesLabels(requirements, metadata.labels);
    if (kind === 'Pod') {
      return { selection, pods: [...this.#pods.values(namespace)].filter(chosen), instances: [] };
    }
    const instances = [...this.#instances.values(namespace)].filter(chosen).map(measured);
    return { selection, pods: [], instances };
  }

  /** The one machine of a target that is one itself; none while it does not run. */
  named(kind: MachineSelection['kind'], namespace: string, name: string): ObservedMachines {
    const [pods, instances] = [this.#pods.get({ namespace, name }), this.#instances.get({ namespace, name })];
    return {
      selection: { kind, namespace, selector: '' },
      pods: kind === 'Pod' && pods ? [pods] : [],
      instances: kind === 'VirtualMachineInstance' && instances ? [measured(instances)] : [],
    };
  }
}

function measured(instance: Stored<VirtualMachineInstance>): MeasuredInstance {
  const given = instanceUsage(instance);
  const requests: Record<string, number> = {};
  for (const resource of ['cpu', 'memory'] as const) {
    const amount = parseQuantity(given[`limits.${resource}`]);
    if (amount !== undefined) requests[resource] = amount;
  }
  return { object: instance, name: instance.metadata.name, state: stateOf(instance), requests };
}

function stateOf({ metadata, status }: Stored<VirtualMachineInstance>): MeasuredMachine['state'] {
  const { phase } = status ?? {};
  if (metadata.deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded') return 'gone';
  return phase === 'Running' ? 'ready' : 'unready';
}
