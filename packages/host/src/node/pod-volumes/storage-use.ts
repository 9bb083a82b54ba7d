import { join } from 'node:path';
import { runProgram } from '@godwit/base/node';
import { type Pod, parseQuantity } from '@godwit/kinds';

const TIMEOUT_MS = 20_000;

/** What a pod keeps on this host's disk, in bytes. */
async function usedBytes(folder: string): Promise<number> {
  try {
    const argv = ['--summarize', '--one-file-system', '--block-size=1', folder];
    const { stdout } = await runProgram('du', argv, { timeoutMs: TIMEOUT_MS });
    return Number.parseInt(stdout, 10) || 0;
  } catch {
    // Not there, or changing under the count: what cannot be counted is not held against the pod.
    return 0;
  }
}

/** What of its disk space a pod has used beyond its limits, in words; undefined when nothing. */
export async function storageExcess({ spec }: Pod, folder: string): Promise<string | undefined> {
  for (const { name, emptyDir } of spec.volumes ?? []) {
    const limit = parseQuantity(emptyDir?.sizeLimit);
    if (limit === undefined || emptyDir?.medium === 'Memory') continue;
    if ((await usedBytes(join(folder, 'volumes', name))) > limit) {
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${emptyDir?.sizeLimit}".`;
    }
  }
  const limits = spec.containers.map(({ resources }) => parseQuantity(resources?.limits?.['ephemeral-storage']));
  const total = limits.reduce<number>((sum, limit) => sum + (limit ?? Number.POSITIVE_INFINITY), 0);
  if (!Number.isFinite(total) || (await usedBytes(folder)) <= total) return undefined;
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${total}.`;
}
