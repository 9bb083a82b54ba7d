import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import type { Timer, World } from '@godwit/base';
import { killCounts } from './container-cgroup.ts';
import { MemoryKillLedger } from './memory-kill-ledger.ts';

/** How often running processes are looked for, should a file system event be missed. */
const CHECK_MS = 5_000;

/**
 * Hears of the end of containers without any service: conmon writes a file named by the container's id
 * when it ends. As a safety net the first processes are looked for from time to time, and ends that nobody
 * has seen yet are told again.
 */
export class ExitWatch {
  readonly #folder: string;
  readonly #world: World;
  readonly #listeners = new Set<(id: string) => void>();
  /** First process of each container whose end nobody has seen, by id. */
  readonly #processes = new Map<string, number>();
  /** Containers that have ended, and whether the kernel had killed them for want of memory. */
  readonly #ended = new Map<string, boolean>();
  readonly #kills: MemoryKillLedger;
  #watcher: FSWatcher | undefined;
  #check: Timer | undefined;

  constructor(folder: string, cgroupPath: string, world: World) {
    this.#folder = folder;
    this.#kills = new MemoryKillLedger(killCounts(cgroupPath));
    this.#world = world;
  }

  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o750 });
    this.#watcher = watch(this.#folder, (_event, name) => {
      if (name !== null && /^[0-9a-f]{64}$/.test(name)) this.#tell(name);
    });
    // An engine that was reset removes the folder; the safety net still works.
    this.#watcher.on('error', () => this.#watcher?.close());
  }

  subscribe(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A container runs with this first process, or has ended so quickly that its end is known already. */
  follow(id: string, pid: number): void {
    this.#processes.set(id, pid);
    this.#check ??= this.#world.clock.after(CHECK_MS, () => this.#checkAll());
  }

  /** The first process of a running container. */
  processOf(id: string): number | undefined {
    return this.#processes.get(id);
  }

  /** Whether a container ended because its memory limit was reached; known from its end on. */
  wasOutOfMemory(id: string): boolean {
    return this.#ended.get(id) ?? false;
  }

  /** Its end has been seen: it need not be told again. */
  seen(id: string): void {
    this.#processes.delete(id);
  }

  /** It is no more, or about to be started: nothing of before counts. */
  forget(id: string): void {
    this.#processes.delete(id);
    this.#ended.delete(id);
  }

  /** Containers whose end was written down since the engine started. */
  async ended(): Promise<ReadonlySet<string>> {
    return new Set(await readdir(this.#folder));
  }

  stop(): void {
    this.#watcher?.close();
    this.#check?.cancel();
    this.#listeners.clear();
  }

  #checkAll(): void {
    this.#check = undefined;
    for (const [id, pid] of this.#processes) if (!isAlive(pid)) this.#tell(id);
    if (this.#processes.size > 0) this.#check = this.#world.clock.after(CHECK_MS, () => this.#checkAll());
  }

  #tell(id: string): void {
    // At once: the engine is about to remove the cgroup, and conmon misses it on hybrid hosts.
    if (!this.#ended.has(id)) this.#ended.set(id, this.#kills.wasKilled(id));
    for (const listener of this.#listeners) listener(id);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
