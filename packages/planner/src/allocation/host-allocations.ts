import type { KubeObject } from '@godwit/kinds';
import { obstacleInEnglish } from '../explain/english.ts';
import { obstaclesOnHost } from '../fits.ts';
import { type Policy, spreadPolicy } from '../policy.ts';
import { knownRequest, requestOfMachine } from '../request/request-of-machine.ts';
import { hostOfNode } from '../snapshot/host.ts';
import { HostAllocation } from './host-allocation.ts';

/** A machine as it stands; its object may be made only when it is looked at. */
interface Machine {
  readonly object: KubeObject;
}

/** A host's allocation, and which machines have changed since it was last asked about. */
interface Book {
  readonly allocation: HostAllocation;
  readonly changed: Map<string, Machine | undefined>;
}

/**
 * What every host has given out, for whoever judges bindings: each question costs as much as has changed on that host
 * since the one before, not as much as is there.
 */
export class HostAllocations {
  readonly #policyOf: () => Policy;
  readonly #books = new Map<string, Book>();

  /** @param policyOf by which policy machines are placed now; the default one where nothing is said */
  constructor(policyOf: () => Policy = () => spreadPolicy) {
    this.#policyOf = policyOf;
  }

  /** The machine `uid` is on a host or on its way there, as `machine` says; undefined: it is not. */
  note(host: string, uid: string, machine: Machine | undefined): void {
    const book = this.#books.get(host) ?? { allocation: new HostAllocation(), changed: new Map() };
    if (machine || book.allocation.has(uid)) book.changed.set(uid, machine);
    else book.changed.delete(uid);
    this.#keep(host, book);
  }

  /**
   * Why `machine` (a Pod or a VirtualMachineInstance) does not fit on `node` beside the others there, in the words of
   * refusals; empty when it does. Who binds may have decided before another one did: all that two of them could break
   * is asked again here, tenants included.
   */
  refusals(node: KubeObject, machine: KubeObject): readonly string[] {
    const allocation = this.#current(node.metadata.name ?? '');
    const request = requestOfMachine(machine);
    // It does not stand in its own way.
    const own = allocation.remove(request.uid);
    try {
      return obstaclesOnHost(hostOfNode(node), allocation, request, this.#policyOf()).map(obstacleInEnglish);
    } finally {
      if (own) allocation.put(own);
    }
  }

  #current(host: string): HostAllocation {
    const book = this.#books.get(host);
    if (!book) return new HostAllocation();
    const { allocation, changed } = book;
    for (const [uid, machine] of changed) {
      if (machine) allocation.put(knownRequest(machine.object));
      else allocation.remove(uid);
    }
    changed.clear();
    this.#keep(host, book);
    return allocation;
  }

  /** Hosts come and go: where nothing is, nothing is remembered. */
  #keep(host: string, book: Book): void {
    if (book.allocation.isEmpty && book.changed.size === 0) this.#books.delete(host);
    else this.#books.set(host, book);
  }
}
