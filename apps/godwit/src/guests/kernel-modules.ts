import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { Failure } from '@godwit/base';
import { unpackXz } from '@godwit/host/node';

/** A module, unpacked. */
export interface KernelModule {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The modules of one kernel package. */
export class KernelModules {
  readonly #paths = new Map<string, string>();

  /** @param folder `lib/modules/<release>` of the package */
  constructor(folder: string) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const name = /([^/]+)\.ko(\.xz|\.zst)?$/.exec(entry)?.[1];
      if (name) this.#paths.set(plainName(name), join(folder, entry));
    }
  }

  /**
   * The modules of these names and all that they need, in an order in which they can be loaded. A name that the kernel
   * does not have as a module is left out: it is built in, or was split or renamed by a newer kernel.
   */
  async load(names: readonly string[]): Promise<KernelModule[]> {
    const loaded = new Map<string, KernelModule>();
    const visit = async (name: string) => {
      const path = this.#paths.get(plainName(name));
      if (!path || loaded.has(plainName(name))) return;
      const bytes = await readModule(path);
      for (const needed of dependencies(bytes)) await visit(needed);
      loaded.set(plainName(name), { name: plainName(name), bytes });
    };
    for (const name of names) await visit(name);
    return [...loaded.values()];
  }
}

/** The kernel takes `-` and `_` in module names for the same. */
function plainName(name: string): string {
  return name.replaceAll('-', '_');
}

async function readModule(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (path.endsWith('.zst')) return zstdDecompressSync(bytes);
  if (!path.endsWith('.xz')) return bytes;
  const unpacked = await unpackXz(bytes);
  if (!unpacked) throw new Failure('program-missing', `cannot unpack ${path}: install xz-utils`);
  return unpacked;
}

/** What a module says of itself in `depends=`. */
function dependencies(bytes: Buffer): string[] {
  const at = bytes.indexOf('\0depends=');
  if (at < 0) return [];
  const start = at + '\0depends='.length;
  const text = bytes.subarray(start, bytes.indexOf(0, start)).toString();
  return text.split(',').filter((name) => name !== '');
}
