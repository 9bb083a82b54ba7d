/** What needs Node: the engines that keep their log on a disk or in a database. */
import type { PostgresOptions, PostgresStore } from './postgres/index.ts';

export type { PostgresOptions, PostgresStore } from './postgres/index.ts';
export * from './sqlite/index.ts';

/** Opens the engine for several servers. Its driver is loaded only here: one machine alone never needs it. */
export async function openPostgres(options: PostgresOptions): Promise<PostgresStore> {
  const engine = await import('./postgres/index.ts');
  return await engine.PostgresStore.open(options);
}
