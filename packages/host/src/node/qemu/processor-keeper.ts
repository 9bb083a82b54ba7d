import { readFile, rm, writeFile } from 'node:fs/promises';
import { counted, describeError, Failure, type Log } from '@godwit/base';
import { runProgram } from '@godwit/base/node';
import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import { type DedicatedMachine, dedicate, sharedProcessors } from '../../virtual-machine/dedicated-processors.ts';
import { readNumaNodes } from '../numa-nodes.ts';
import { processorPlan } from './command-line/index.ts';
import type { QemuMachine } from './qemu-machine.ts';

export interface ProcessorKeeperOptions {
  readonly log: Log;
  /** Where it is written down which processors a machine has, beside what else is known of it. */
  readonly fileOf: (uid: string) => string;
  /** Is told which processors all but dedicated machines share, whenever it changes: containers keep to them. */
  readonly onShared?: (processors: readonly number[]) => Promise<void>;
}

/**
 * Gives machines with `dedicatedCpuPlacement` processors of the host to themselves: each of the guest's processors is
 * pinned to one, and everybody else is kept off them.
 */
export class ProcessorKeeper {
  readonly #options: ProcessorKeeperOptions;
  readonly #machines = new Map<string, QemuMachine>();
  readonly #dedicated = new Map<string, DedicatedMachine>();
  #nodes: Promise<readonly (readonly number[])[]> | undefined;
  #shared = '';
  /** One change after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: ProcessorKeeperOptions) {
    this.#options = options;
  }

  /** Sets processors aside for a machine that is about to start. Code `unsupported-hardware` where there are too few. */
  async reserve(uid: string, spec: VirtualMachineInstanceSpec): Promise<void> {
    const { cpu } = spec.domain;
    if (this.#dedicated.has(uid)) return;
    await rm(this.#options.fileOf(uid), { force: true });
    if (!cpu?.dedicatedCpuPlacement) return;
    const { sockets, cores, threads } = processorPlan(spec);
    const request = {
      count: sockets * cores * threads,
      isolateEmulator: cpu.isolateEmulatorThread === true,
      oneNode: cpu.numa?.guestMappingPassthrough !== undefined,
    };
    const found = dedicate(await this.#processors(), this.#dedicated.values(), request);
    if (!found) {
      const message = `${counted(request.count, 'processor to itself is', 'processors to itself are')} more than this host has left`;
      throw new Failure('unsupported-hardware', message, { retryable: true });
    }
    this.#dedicated.set(uid, found);
    await writeFile(this.#options.fileOf(uid), JSON.stringify(found));
  }

  /** A machine runs: just started, or found again. */
  welcome(uid: string, machine: QemuMachine): Promise<void> {
    if (this.#machines.get(uid) === machine) return this.#last;
    this.#machines.set(uid, machine);
    return this.#inTurn(async () => {
      const dedicated = this.#dedicated.get(uid) ?? (await readDedication(this.#options.fileOf(uid)));
      if (dedicated) {
        this.#dedicated.set(uid, dedicated);
        await pin(machine, dedicated);
      }
      await this.#keepOff(dedicated ? undefined : machine);
    });
  }

  /** Nothing of the machine is left. */
  async forget(uid: string): Promise<void> {
    this.farewell(uid);
    await rm(this.#options.fileOf(uid), { force: true });
  }

  farewell(uid: string): void {
    this.#machines.delete(uid);
    if (this.#dedicated.delete(uid)) void this.#inTurn(() => this.#keepOff());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work).catch((error: unknown) => {
      this.#options.log.warn('processors could not be given to machines as they should', {
        error: describeError(error),
      });
    });
    return this.#last;
  }

  #processors(): Promise<readonly (readonly number[])[]> {
    this.#nodes ??= readNumaNodes().then((nodes) => nodes ?? []);
    return this.#nodes;
  }

  /** Keeps everybody else on what is shared; only a newcomer where that is as before. */
  async #keepOff(newcomer?: QemuMachine): Promise<void> {
    const shared = sharedProcessors(await this.#processors(), this.#dedicated.values());
    const text = shared.join();
    if (this.#shared === '' && this.#dedicated.size === 0) return;
    const isNews = text !== this.#shared;
    this.#shared = this.#dedicated.size === 0 ? '' : text;
    for (const [uid, machine] of this.#machines) {
      if (this.#dedicated.has(uid) || (!isNews && machine !== newcomer)) continue;
      await allow(['-a'], shared, machine.process.pid);
    }
    if (isNews) await this.#options.onShared?.(shared);
  }
}

/** The emulator's threads first, which are all; then each of the guest's processors. */
async function pin(machine: QemuMachine, { processors, emulator }: DedicatedMachine): Promise<void> {
  await allow(['-a'], emulator, machine.process.pid);
  for (const cpu of await machine.execute('query-cpus-fast')) {
    const processor = processors[cpu['cpu-index']];
    if (processor !== undefined) await allow([], [processor], cpu['thread-id']);
  }
}

/** Undefined for machines that have none to themselves, and where the file makes no sense. */
async function readDedication(path: string): Promise<DedicatedMachine | undefined> {
  try {
    const { processors, emulator } = JSON.parse(await readFile(path, 'utf8')) as DedicatedMachine;
    return [...processors, ...emulator].every(Number.isInteger) ? { processors, emulator } : undefined;
  } catch {
    return undefined;
  }
}

/** Lets a thread, or with `-a` all threads of a process, run on these processors only. */
async function allow(options: readonly string[], processors: readonly number[], id: number): Promise<void> {
  await runProgram('taskset', [...options, '--pid', '--cpu-list', processors.join(), String(id)]);
}
