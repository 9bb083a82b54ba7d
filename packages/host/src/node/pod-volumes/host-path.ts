import { mkdir, stat, writeFile } from 'node:fs/promises';
import { Failure } from '@godwit/base';

const checks: Readonly<Record<string, (facts: Awaited<ReturnType<typeof stat>>) => boolean>> = {
  Directory: (facts) => facts.isDirectory(),
  DirectoryOrCreate: (facts) => facts.isDirectory(),
  File: (facts) => facts.isFile(),
  FileOrCreate: (facts) => facts.isFile(),
  Socket: (facts) => facts.isSocket(),
  CharDevice: (facts) => facts.isCharacterDevice(),
  BlockDevice: (facts) => facts.isBlockDevice(),
};

/** A path of the host, checked or made as its type says. Throws Failure `volume-source-missing`. */
export async function hostPath(path: string, type: string): Promise<string> {
  if (type === 'DirectoryOrCreate' || type === '') await mkdir(path, { recursive: true }).catch(() => undefined);
  if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'a' });
  const facts = await stat(path).catch(() => undefined);
  if (!facts || checks[type]?.(facts) === false) {
    throw new Failure('volume-source-missing', `hostPath type check failed: ${path} is not a ${type || 'path'}`, {
      retryable: true,
    });
  }
  return path;
}
