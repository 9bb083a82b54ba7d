import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import type { Behaviour, MachineAction, Tick } from './behaviour.ts';
import { Incarnation } from './incarnation.ts';
import { MachineLoop } from './machine-loop.ts';
import { MemoryRecords } from './machine-records.ts';

/** Counts up to what it is asked for, one action a number. */
interface Counter {
  readonly wanted: number;
  readonly reached: number;
}
type CounterInput =
  | { readonly type: 'want'; readonly number: number }
  | { readonly type: 'reached' }
  | { readonly type: 'failed' };

const clock = new VirtualClock();
const random = new SeededRandom(1);
const world: World = { clock, random, ids: new SeededIds(random), log: silentLog };

async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

class Counting implements Behaviour<Counter, CounterInput, MachineAction> {
  performed = 0;
  atOnce = 0;
  interrupted = 0;
  failures = 0;

  step(state: Counter, input: CounterInput | Tick) {
    if (input.type === 'failed') this.failures++;
    const wanted = input.type === 'want' ? input.number : state.wanted;
    const reached = input.type === 'reached' ? state.reached + 1 : state.reached;
    const name = `count to ${reached + 1}`;
    const actions = reached < wanted ? [{ name, lane: 'count', interruptible: true }] : [];
    return { state: { wanted, reached }, actions, finished: wanted < 0 };
  }

  async perform(_action: MachineAction, signal: AbortSignal): Promise<CounterInput> {
    assert.equal(++this.atOnce, 1, 'one action of a lane at a time');
    try {
      await clock.sleep(10, signal);
      this.performed++;
      return { type: 'reached' };
    } catch (error) {
      this.interrupted++;
      throw error;
    } finally {
      this.atOnce--;
    }
  }

  failed(): CounterInput {
    return { type: 'failed' };
  }

  movedInTime(state: Counter): Counter {
    return state;
  }

  record(state: Counter): unknown {
    return state;
  }
}

function loopOf(behaviour: Counting, records = new MemoryRecords(), life = new Incarnation()) {
  let finished = false;
  const loop = new MachineLoop<Counter, CounterInput, MachineAction>({
    uid: 'm',
    world: life.world(world),
    records: life.guard(records),
    behaviour,
    state: { wanted: 0, reached: 0 },
    onFinished: () => {
      finished = true;
    },
  });
  return { loop, records, life, isFinished: () => finished };
}

test('actions of a lane run one after the other until nothing is wanted, and the record follows', async () => {
  const behaviour = new Counting();
  const { loop, records } = loopOf(behaviour);
  loop.send({ type: 'want', number: 3 });
  loop.send({ type: 'want', number: 5 });
  await clock.advance(100, settle);
  assert.equal(behaviour.performed, 5);
  assert.deepEqual((await records.load()).get('m'), { wanted: 5, reached: 5 });
});

test('what is no longer wanted is given up without being a failure', async () => {
  const behaviour = new Counting();
  const { loop } = loopOf(behaviour);
  loop.send({ type: 'want', number: 3 });
  await clock.advance(5, settle);
  loop.send({ type: 'want', number: 0 });
  await clock.advance(100, settle);
  assert.deepEqual([behaviour.performed, behaviour.interrupted, behaviour.failures], [0, 1, 0]);
});

test('a finished machine leaves no record and hears nothing more', async () => {
  const behaviour = new Counting();
  const { loop, records, isFinished } = loopOf(behaviour);
  loop.send({ type: 'want', number: 1 });
  await clock.advance(50, settle);
  loop.send({ type: 'want', number: -1 });
  await clock.advance(50, settle);
  assert.equal(isFinished(), true);
  assert.equal((await records.load()).size, 0);
  loop.send({ type: 'want', number: 5 });
  await clock.advance(50, settle);
  assert.equal(behaviour.performed, 1);
});

test('a record that cannot be removed at once is removed later', async () => {
  const records = new StubbornRecords();
  const { loop, isFinished } = loopOf(new Counting(), records);
  loop.send({ type: 'want', number: 1 });
  await clock.advance(50, settle);
  loop.send({ type: 'want', number: -1 });
  await clock.advance(50, settle);
  assert.equal(isFinished(), true);
  assert.equal((await records.load()).size, 1);
  await clock.advance(5_000, settle);
  assert.equal((await records.load()).size, 0);
});

/** Refuses twice. */
class StubbornRecords extends MemoryRecords {
  #refusals = 2;

  override remove(uid: string): Promise<void> {
    return this.#refusals-- > 0 ? Promise.reject(new Error('the disk does not answer')) : super.remove(uid);
  }
}

test('after a release, and after the end of its life, a loop does nothing', async () => {
  for (const end of ['release', 'crash'] as const) {
    const behaviour = new Counting();
    const { loop, records, life } = loopOf(behaviour);
    loop.send({ type: 'want', number: 9 });
    await clock.advance(25, settle);
    if (end === 'release') loop.release();
    else life.end();
    const before = (await records.load()).get('m');
    await clock.advance(200, settle);
    assert.ok(behaviour.performed <= 3, end);
    assert.deepEqual((await records.load()).get('m'), before, end);
  }
});

test('a dead life cannot act through what it was given', async () => {
  const life = new Incarnation();
  const records = life.guard(new MemoryRecords());
  const open = life.guard({ wait: () => clock.sleep(10) }).wait();
  life.end();
  assert.throws(() => records.save('m', {}), { code: 'dead-incarnation' });
  let settled = false;
  const listen = async () => {
    await open;
    settled = true;
  };
  void listen();
  await clock.advance(50, settle);
  assert.equal(settled, false);
});

test('a record that has lost a field is written anew', async () => {
  class Forgetting extends Counting {
    override record({ wanted, reached }: Counter): unknown {
      return reached === 0 ? { wanted, begins: true } : { wanted };
    }
  }
  const records = new MemoryRecords();
  const { loop } = loopOf(new Forgetting(), records);
  loop.send({ type: 'want', number: 1 });
  await settle();
  assert.deepEqual(await records.load(), new Map([['m', { wanted: 1, begins: true }]]));
  await clock.advance(10, settle);
  assert.deepEqual(await records.load(), new Map([['m', { wanted: 1 }]]));
});
