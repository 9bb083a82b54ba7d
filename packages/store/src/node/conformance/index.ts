/** What every engine of the store must do, said once and run on each. */
import { test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import { appending } from './appending.ts';
import { compacting } from './compacting.ts';
import type { Check, Engine } from './engine.ts';
import { reading } from './reading.ts';
import { reopening } from './reopening.ts';
import { watching } from './watching.ts';

export type { Engine, EngineOptions } from './engine.ts';

export function storeConformance(engine: Engine): void {
  const check: Check = (what, run, retention) =>
    test(`${engine.name}: ${what}`, async () => {
      const clock = new VirtualClock();
      const store = await engine.open({ clock, ...(retention && { retention }) });
      try {
        await run(store, clock);
      } finally {
        await store.close();
      }
    });
  appending(check);
  reading(check);
  watching(check);
  compacting(check);
  if (engine.reopen) reopening(engine, engine.reopen.bind(engine));
}
