import type { ProcessUsage } from '../../hypervisor-driver.ts';
import { KernelFile } from '../metrics/index.ts';

/** Clock ticks of /proc a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Processor time and memory of processes, read again and again from /proc. */
export class ProcessMeter {
  readonly #files = new Map<number, { readonly status: KernelFile; readonly memory: KernelFile }>();

  /** By process id; those that are gone are left out, and what is not asked for any more is let go of. */
  read(pids: ReadonlySet<number>): ReadonlyMap<number, ProcessUsage> {
    const usage = new Map<number, ProcessUsage>();
    for (const pid of pids) {
      const { status, memory } = this.#filesOf(pid);
      const fields = parseStatus(status.read());
      const pages = memory.read()?.split(' ')[1];
      if (fields && pages !== undefined) usage.set(pid, { ...fields, residentBytes: Number(pages) * PAGE_BYTES });
    }
    for (const pid of this.#files.keys()) if (!pids.has(pid)) this.#close(pid);
    return usage;
  }

  close(): void {
    for (const pid of this.#files.keys()) this.#close(pid);
  }

  #filesOf(pid: number) {
    const known = this.#files.get(pid);
    if (known) return known;
    const files = { status: new KernelFile(`/proc/${pid}/stat`), memory: new KernelFile(`/proc/${pid}/statm`) };
    this.#files.set(pid, files);
    return files;
  }

  #close(pid: number): void {
    const files = this.#files.get(pid);
    files?.status.close();
    files?.memory.close();
    this.#files.delete(pid);
  }
}

/** Processor time, and the start as what tells runs apart, from /proc/<pid>/stat. */
export function parseStatus(text: string | undefined): Pick<ProcessUsage, 'run' | 'cpuSeconds'> | undefined {
  if (text === undefined) return undefined;
  // The name may hold anything, spaces and parentheses too: what comes after the last one is numbers.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, start] = [fields[11], fields[12], fields[19]];
  if (user === undefined || system === undefined || start === undefined) return undefined;
  return { run: start, cpuSeconds: (Number(user) + Number(system)) / TICKS_PER_SECOND };
}
