import { Worker } from 'node:worker_threads';
import { Failure } from '@godwit/base';
import { exists } from '@godwit/base/node';

/** Kernels that are being unpacked, or were found not to be worth it, by path. */
const known = new Map<string, Promise<string>>();

/**
 * The quickest form of a kernel: the ELF file inside it, laid beside it once, or itself where there is none. Only for
 * machines with a BIOS: UEFI starts nothing but what it was given.
 */
export function directKernel(path: string): Promise<string> {
  const before = known.get(path);
  if (before) return before;
  const work = layBeside(path).then(
    (found) => {
      // Whether it still lies there is asked of the disk: images that nobody uses are taken away.
      if (found !== path) known.delete(path);
      return found;
    },
    (error: unknown) => {
      known.delete(path);
      throw error;
    },
  );
  known.set(path, work);
  return work;
}

async function layBeside(path: string): Promise<string> {
  const target = `${path}.elf`;
  if (await exists(target)) return target;
  return (await unpackInThread(path, target)) ? target : path;
}

function unpackInThread(path: string, target: string): Promise<boolean> {
  const worker = new Worker(new URL('./unpack-worker.ts', import.meta.url), { workerData: { path, target } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Failure('bad-kernel', `unpacking ${path} ended with ${code}`)));
  });
}
