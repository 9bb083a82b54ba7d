import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { FakeNetwork } from '../fake/network.ts';
import { ServiceKeeper } from './service-keeper.ts';

test('a change is applied in whichever moment it comes, also while the round before is just ending', async () => {
  for (let depth = 0; depth < 16; depth++) {
    const clock = new VirtualClock();
    const random = new SeededRandom(1);
    const world = { clock, random, ids: new SeededIds(random), log: silentLog };
    const network = new FakeNetwork(clock);
    let applied = 0;
    network.applyServices = () => Promise.resolve(void applied++);
    const subscribers: (() => void)[] = [];
    const cache = {
      ready: Promise.resolve(),
      values: () => [],
      subscribe: (tell: () => void) => subscribers.push(tell),
    };
    const client = { cache: () => cache, selection: () => cache } as unknown as ApiClient;
    const change = async () => {
      for (let turn = 0; turn < depth; turn++) await Promise.resolve();
      subscribers[0]?.();
    };
    let news = 0;
    const onNews = () => {
      if (news++ === 0) void change();
      return Promise.resolve();
    };
    const keeper = new ServiceKeeper({ client, world, network, onNews });
    await keeper.start();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(applied, 2, `after ${depth} turns`);
  }
});
