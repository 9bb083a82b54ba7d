import { runBenches } from '../bench/run-benches.ts';

/** `godwit bench [name…] [--json]`. */
export async function bench(names: readonly string[], options: { json?: boolean; traces?: string }): Promise<void> {
  await runBenches(names, options);
}
