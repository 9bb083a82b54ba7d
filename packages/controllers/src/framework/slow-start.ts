/**
 * Does `count` things, first one, then twice as many at a time, so that a fault that meets all of them (a
 * quota, say) is met once and not `count` times. After a batch with a failure nothing more is begun.
 * @returns what succeeded and what failed
 */
export async function slowStart<T>(
  count: number,
  doOne: () => Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly errors: readonly unknown[] }> {
  const results: T[] = [];
  const errors: unknown[] = [];
  let size = 1;
  for (let left = count; left > 0 && errors.length === 0; left -= size, size *= 2) {
    const batch = await Promise.allSettled(Array.from({ length: Math.min(size, left) }, doOne));
    for (const outcome of batch) {
      if (outcome.status === 'fulfilled') results.push(outcome.value);
      else errors.push(outcome.reason);
    }
  }
  return { results, errors };
}
