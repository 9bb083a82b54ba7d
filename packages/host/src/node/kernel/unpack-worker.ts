/**
 * Unpacks one kernel, in a thread of its own: half a second of pure computing must not hold up the program. Told by
 * `workerData` where it is and where to put it; answers whether there was anything to unpack.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { unpackKernel } from './kernel-image.ts';

const { path, target } = workerData as { path: string; target: string };
const kernel = await unpackKernel(await readFile(path));
if (kernel) {
  await writeFile(`${target}.new`, kernel);
  await rename(`${target}.new`, target);
}
parentPort?.postMessage(kernel !== undefined);
