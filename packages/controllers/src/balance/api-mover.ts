import type { ApiClient } from '@godwit/client';
import { virtualMachineInstance } from '@godwit/kinds';
import { decisionAnnotation, keepRecord } from '@godwit/planner';
import { isInstance, type Machine } from '../scheduler/schedulable-machine.ts';
import type { MoveRecord, Mover } from './drivers.ts';

/**
 * Moves by the API. An instance is told to go to a host, where it has room from that moment on, and both hosts do the
 * rest while it runs; the reason stands in that write. A pod cannot be carried: it is evicted, as far as its disruption
 * budget allows, and what made it makes another, for which the scheduler finds a host; the reason stands in the write that
 * ends it.
 */
export class ApiMover implements Mover {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async move(machine: Machine, to: string, record: MoveRecord): Promise<void> {
    const { namespace = '', name, uid, annotations: before } = machine.metadata;
    const told = isInstance(machine) ? record : { ...record, anew: true as const };
    const annotations = { [decisionAnnotation]: keepRecord(before?.[decisionAnnotation], told) };
    if (isInstance(machine)) {
      const { group, version, plural } = virtualMachineInstance;
      const metadata = { name, namespace, uid, annotations };
      const target = { apiVersion: 'v1', kind: 'Node', name: to };
      await this.#client.door.create(
        { group, version, plural, namespace, name, subresource: 'move' },
        { apiVersion: 'v1', kind: 'Binding', metadata, target },
      );
      return;
    }
    await this.#client.door.create(
      { group: '', version: 'v1', plural: 'pods', namespace, name, subresource: 'eviction' },
      {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace, annotations },
        deleteOptions: { preconditions: { uid } },
      },
    );
  }
}
