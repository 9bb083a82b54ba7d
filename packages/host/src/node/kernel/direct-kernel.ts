import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { unpackKernel } from './kernel-image.ts';

/** Kernels that are being unpacked, or were found not to be worth it, by path. */
const known = new Map<string, Promise<string>>();

/**
 * The quickest form of a kernel: the ELF file inside it, laid beside it once, or itself where there is none. Only for
 * machines with a BIOS: UEFI starts nothing but what it was given.
 */
export function directKernel(path: string): Promise<string> {
  const before = known.get(path);
  if (before) return before;
  const work = layBeside(path).catch((error: unknown) => {
    known.delete(path);
    throw error;
  });
  known.set(path, work);
  return work;
}

async function layBeside(path: string): Promise<string> {
  const target = `${path}.elf`;
  if (await exists(target)) return target;
  const kernel = await unpackKernel(await readFile(path));
  if (!kernel) return path;
  await writeFile(`${target}.new`, kernel);
  await rename(`${target}.new`, target);
  return target;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
