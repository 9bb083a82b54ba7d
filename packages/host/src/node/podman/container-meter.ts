import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerUsage } from '../../container-driver.ts';
import { KernelFile } from '../metrics/index.ts';
import { CGROUP_ROOT, containerIdOf } from './container-cgroup.ts';

/** Files of one container that are read at every look. */
interface Files {
  readonly cpu: KernelFile;
  readonly memory: KernelFile;
  readonly memoryDetails: KernelFile;
}

/** One layout of control groups: which file tells what. */
interface Layout {
  readonly memory: { readonly hierarchy: string; readonly file: string; readonly inactive: string };
  readonly cpu: { readonly hierarchy: string; readonly file: string };
}

const LAYOUTS: readonly Layout[] = [
  {
    memory: { hierarchy: 'memory', file: 'memory.usage_in_bytes', inactive: 'total_inactive_file' },
    cpu: { hierarchy: 'cpuacct', file: 'cpuacct.usage' },
  },
  {
    memory: { hierarchy: '', file: 'memory.current', inactive: 'inactive_file' },
    cpu: { hierarchy: '', file: 'cpu.stat' },
  },
];

/** Use of each container below a control group, from the kernel's files: no engine is asked. */
export class ContainerMeter {
  readonly #cgroupPath: string;
  readonly #files = new Map<string, Files>();

  constructor(cgroupPath: string) {
    this.#cgroupPath = cgroupPath;
  }

  read(): ReadonlyMap<string, ContainerUsage> {
    const usage = new Map<string, ContainerUsage>();
    const { layout, folders } = this.#find();
    for (const [id, folder] of folders) {
      const read = readFiles(this.#filesOf(id, folder, layout), layout);
      if (read) usage.set(id, read);
    }
    for (const id of this.#files.keys()) if (!folders.has(id)) this.#close(id);
    return usage;
  }

  close(): void {
    for (const id of this.#files.keys()) this.#close(id);
  }

  /** Folders of containers by id, in the first layout that has them. */
  #find(): { readonly layout: Layout; readonly folders: ReadonlyMap<string, string> } {
    for (const layout of LAYOUTS) {
      const folders = new Map<string, string>();
      for (const name of names(join(CGROUP_ROOT, layout.memory.hierarchy, this.#cgroupPath))) {
        const id = containerIdOf(name);
        if (id) folders.set(id, name);
      }
      if (folders.size > 0) return { layout, folders };
    }
    return { layout: LAYOUTS[0] as Layout, folders: new Map() };
  }

  #filesOf(id: string, folder: string, { cpu, memory }: Layout): Files {
    const known = this.#files.get(id);
    if (known) return known;
    const file = (hierarchy: string, name: string) =>
      new KernelFile(join(CGROUP_ROOT, hierarchy, this.#cgroupPath, folder, name));
    const files = {
      cpu: file(cpu.hierarchy, cpu.file),
      memory: file(memory.hierarchy, memory.file),
      memoryDetails: file(memory.hierarchy, 'memory.stat'),
    };
    this.#files.set(id, files);
    return files;
  }

  #close(id: string): void {
    const files = this.#files.get(id);
    for (const file of Object.values(files ?? {}) as KernelFile[]) file.close();
    this.#files.delete(id);
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Memory in use less the file pages that can be given back at once, as Kubernetes counts it. */
function readFiles({ cpu, memory, memoryDetails }: Files, layout: Layout): ContainerUsage | undefined {
  const cpuText = cpu.read();
  const used = memory.read();
  if (cpuText === undefined || used === undefined) return undefined;
  const inactive = field(memoryDetails.read() ?? '', layout.memory.inactive) ?? 0;
  const micros = layout.cpu.file === 'cpu.stat' ? field(cpuText, 'usage_usec') : undefined;
  return {
    cpuNanoseconds: micros === undefined ? Number(cpuText) : micros * 1000,
    workingSetBytes: Math.max(0, Number(used) - inactive),
  };
}

/** A number in lines of `name value`. */
function field(text: string, name: string): number | undefined {
  const begin = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1;
  if (begin === 0 && !text.startsWith(`${name} `)) return undefined;
  return Number.parseInt(text.slice(begin + name.length + 1, begin + name.length + 24), 10);
}
