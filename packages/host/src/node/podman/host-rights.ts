import { readFile } from 'node:fs/promises';

/** Number of CAP_SYS_RESOURCE. */
const SYS_RESOURCE_BIT = 24n;

/**
 * The lowest out-of-memory score that this process may give others. Inside another container the right to
 * go below its own is often missing, and the runtime would fail without a word.
 */
export async function lowestOomScore(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  if ((effective & (1n << SYS_RESOURCE_BIT)) !== 0n) return -1000;
  return Number(await readFile('/proc/self/oom_score_adj', 'utf8'));
}
