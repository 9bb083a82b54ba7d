import type { ApiClient } from '@godwit/client';
import { pod } from '@godwit/kinds';
import { type ActionRecord, decisionAnnotation, keepRecord } from '@godwit/planner';
import { resizePod } from '../elastic-policy/resize.ts';
import { isInstance, type Machine } from '../scheduler/schedulable-machine.ts';
import type { Resizer } from './drivers.ts';

/**
 * Resizes pods where they run, by the API's own `resize`. Virtual machines are left to people: what their host sees of
 * them is not what their guest needs.
 */
export class ApiResizer implements Resizer {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async resize(
    machine: Machine,
    { cpu, memory }: { readonly cpu?: number; readonly memory?: number },
    record: ActionRecord,
  ): Promise<boolean> {
    if (isInstance(machine)) return false;
    const sizes = { ...(cpu !== undefined && { cpu: cpu / 1000 }), ...(memory !== undefined && { memory }) };
    if (!(await resizePod(this.#client, machine, sizes))) return false;
    // The subresource changes nothing but sizes: the reason is a write of its own.
    await this.#client.resource(pod).modify(machine.metadata, ({ metadata }) => {
      const text = keepRecord(metadata.annotations?.[decisionAnnotation], record);
      metadata.annotations = { ...metadata.annotations, [decisionAnnotation]: text };
      return true;
    });
    return true;
  }
}
