import { type Amounts, soundAmount } from '../amounts.ts';
import { type MachineRequest, portKey } from '../request/machine-request.ts';

/** What the machines on one host hold, kept up to date machine by machine. */
export class HostAllocation {
  readonly #machines = new Map<string, MachineRequest>();
  readonly #amounts: Record<string, number> = {};
  readonly #ports = new Map<string, number>();
  #dedicated = 0;

  /** The sum of what they ask for. */
  get amounts(): Amounts {
    return this.#amounts;
  }

  /** Processors that machines have to themselves, in thousandths of a core. */
  get dedicated(): number {
    return this.#dedicated;
  }

  get machines(): Iterable<MachineRequest> {
    return this.#machines.values();
  }

  get isEmpty(): boolean {
    return this.#machines.size === 0;
  }

  has(uid: string): boolean {
    return this.#machines.has(uid);
  }

  hasPort(key: string): boolean {
    return this.#ports.has(key);
  }

  /** Puts a machine, or what it asks for now in place of what it did; one that has ended holds nothing. */
  put(machine: MachineRequest): void {
    this.remove(machine.uid);
    if (machine.finished) return;
    this.#machines.set(machine.uid, machine);
    this.#count(machine, 1);
  }

  /** Returns what it held, if it was there. */
  remove(uid: string): MachineRequest | undefined {
    const machine = this.#machines.get(uid);
    if (!machine) return undefined;
    this.#machines.delete(uid);
    this.#count(machine, -1);
    return machine;
  }

  #count({ amounts, cores, ports }: MachineRequest, sign: 1 | -1): void {
    for (const resource in amounts) {
      this.#amounts[resource] = (this.#amounts[resource] ?? 0) + sign * soundAmount(amounts[resource]);
    }
    if (cores) this.#dedicated += sign * soundAmount(amounts.cpu);
    for (const port of ports) {
      const key = portKey(port);
      const count = (this.#ports.get(key) ?? 0) + sign;
      if (count > 0) this.#ports.set(key, count);
      else this.#ports.delete(key);
    }
  }
}
