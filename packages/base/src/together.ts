/**
 * Works that belong together: when one fails the others are told to end, and the failure is thrown once all of them
 * have ended, so that nothing of this try goes on beside the next. As it is with `Promise.all`, the first failure
 * counts.
 */
export async function together<T>(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T[]> {
  const giveUp = new AbortController();
  const either = AbortSignal.any([signal, giveUp.signal]);
  let failure: { readonly reason: unknown } | undefined;
  const begun = works.map(async (work) => {
    try {
      return await work(either);
    } catch (reason) {
      failure ??= { reason };
      giveUp.abort(reason);
      throw reason;
    }
  });
  await Promise.allSettled(begun);
  if (failure) throw failure.reason;
  return Promise.all(begun);
}
