import { controllers, createOperations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import { type Scenario, scenario } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';

/** A scenario as the API would take it. Throws the `Status` with which it would refuse it. */
export async function readScenario(value: unknown): Promise<Scenario> {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const store = new MemoryStore({ clock });
  const world = { clock, random, ids: new SeededIds(random), log: silentLog };
  const operations = await createOperations({ world, store, kinds: [scenario as never], bootstrap: false });
  try {
    const { group, version, plural } = scenario;
    const options = { dryRun: true, fieldValidation: 'Strict' } as const;
    return (await operations.as(controllers).create({ group, version, plural }, value as object, options)) as Scenario;
  } finally {
    await operations.close();
    await store.close();
  }
}
