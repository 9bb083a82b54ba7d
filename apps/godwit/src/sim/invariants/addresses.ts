import { addressesOf, type PortRequest } from '@godwit/host';
import type { KubeObject, Stored, VirtualMachineInstance } from '@godwit/kinds';
import type { ObjectChange } from '../cloud/api-view.ts';
import { type Invariant, type InvariantContext, nameOf, Violation } from './invariant.ts';
import { runningMachines } from './running-machines.ts';

/** An address belongs to one machine at a time, in the API as on the hosts; that of a VirtualMachine stays its own. */
export class Addresses implements Invariant {
  readonly name = 'addresses';
  readonly #context: InvariantContext;
  /** Address → the machine in the API that has it. */
  readonly #given = new Map<string, Stored<KubeObject>>();
  /** UID of a VirtualMachine → its address. */
  readonly #kept = new Map<string, string>();
  /** Address → UID of the machine whose port has it. */
  readonly #joined = new Map<string, string>();
  /** Ports of each host as they were looked at last. */
  readonly #seen: (readonly PortRequest[])[] = [];

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({ changed: (change) => this.#changed(change) });
  }

  step(): void {
    const { cloud } = this.#context;
    for (const [index, { host }] of cloud.stations.entries()) {
      const ports = host.network.actual();
      if (this.#seen[index] === ports) continue;
      this.#seen[index] = ports;
      this.#checkPorts(ports);
    }
  }

  #checkPorts(ports: readonly PortRequest[]): void {
    let running: Set<string> | undefined;
    for (const { address, machineUid } of ports) {
      const before = this.#joined.get(address.ip);
      if (before === machineUid) continue;
      running ??= new Set([...runningMachines(this.#context.cloud)].map(({ uid }) => uid));
      if (before !== undefined && running.has(before)) {
        this.#violated(`${address.ip} is joined to ${machineUid} while ${before} runs with it`);
      }
      this.#joined.set(address.ip, machineUid);
    }
  }

  #changed({ plural, before, after }: ObjectChange): void {
    if (plural === 'virtualmachines' && before && !after) this.#kept.delete(before.metadata.uid);
    if (plural !== 'pods' && plural !== 'virtualmachineinstances') return;
    for (const { ip } of before ? addressesOf(before) : []) {
      if (this.#given.get(ip)?.metadata.uid === before?.metadata.uid) this.#given.delete(ip);
    }
    if (!after) return;
    for (const { ip } of addressesOf(after)) {
      const other = this.#given.get(ip);
      if (other) this.#violated(`${ip} is given to ${nameOf(after)} and to ${nameOf(other)}`);
      this.#given.set(ip, after);
      this.#checkKept(after as Stored<VirtualMachineInstance>, ip);
    }
  }

  #checkKept(machine: Stored<KubeObject>, ip: string): void {
    const owner = machine.metadata.ownerReferences?.find(({ kind }) => kind === 'VirtualMachine');
    if (!owner) return;
    const kept = this.#kept.get(owner.uid);
    if (kept !== undefined && kept !== ip) this.#violated(`VirtualMachine ${owner.name} had ${kept} and now has ${ip}`);
    this.#kept.set(owner.uid, ip);
  }

  #violated(message: string): void {
    this.#context.report(new Violation(this.name, message));
  }
}
