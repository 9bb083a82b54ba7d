import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { silentLog, VirtualClock } from '@godwit/base';
import type { MachineReading } from './reading.ts';
import { Sampler, subjectOfService } from './sampler.ts';

const web = { kind: 'Pod', namespace: 'default', name: 'web', uid: '1' } as const;

/** A host on which a pod uses half a core, and a sampler on virtual time. */
function measuredHost() {
  const clock = new VirtualClock();
  const state = { run: 'a', isThere: true, requests: 0, latencySeconds: 0.01, breaks: false, reads: 0 };
  const readings = (): Promise<readonly MachineReading[]> => {
    state.reads++;
    if (state.breaks) return Promise.reject(new Error('no such file'));
    const cpuSeconds = (clock.monotonic() / 1000) * 0.5;
    const part = { name: 'main', run: state.run, cpuSeconds, memoryBytes: 1_000 };
    return Promise.resolve(state.isThere ? [{ machine: web, parts: [part] }] : []);
  };
  const network = {
    balancers: () =>
      Promise.resolve([
        {
          namespace: 'default',
          name: 'web',
          requests: state.requests,
          errors: 0,
          queued: 2,
          connections: 3,
          latencySeconds: state.latencySeconds,
        },
      ]),
  };
  const host = () => ({ cpuSeconds: clock.monotonic() / 1000, memoryBytes: 5_000 });
  const sampler = new Sampler({ world: { clock, log: silentLog }, host, machines: [{ readings }], network });
  const pass = (durationMs: number) => clock.advance(durationMs, () => setImmediate());
  return { clock, state, sampler, pass };
}

test('there is nothing to tell before the second sample', async () => {
  const { sampler } = measuredHost();
  assert.deepEqual(await sampler.usage(), { machines: [] });
  await sampler.sample();
  assert.deepEqual(await sampler.usage(), { machines: [] });
});

test('use is a mean over the last seconds, of the host and of every container', async () => {
  const { clock, sampler, pass } = measuredHost();
  sampler.start();
  await pass(30_500);
  sampler.stop();
  const { host, machines } = await sampler.usage();
  assert.equal(host?.cpuCores, 1);
  assert.equal(host.windowMs, 3_000);
  assert.equal(host.memoryBytes, 5_000);
  assert.equal(machines.length, 1);
  assert.deepEqual(machines[0]?.machine, web);
  const [part] = machines[0]?.parts ?? [];
  assert.equal(part?.cpuCores, 0.5);
  assert.equal(part.atMs, clock.now() - 500);
});

test('it reads once a second, and goes on after a failure', async () => {
  const { state, sampler, pass } = measuredHost();
  sampler.start();
  await pass(5_500);
  assert.equal(state.reads, 6);
  state.breaks = true;
  await pass(3_000);
  state.breaks = false;
  await pass(3_000);
  assert.equal(state.reads, 12);
  assert.equal((await sampler.usage()).machines.length, 1);
  sampler.stop();
  await pass(10_000);
  assert.equal(state.reads, 12);
});

test('what was measured long ago is no use of now', async () => {
  const { state, sampler, pass } = measuredHost();
  sampler.start();
  await pass(5_500);
  state.breaks = true;
  await pass(10_000);
  assert.equal((await sampler.usage()).machines.length, 1);
  await pass(10_000);
  assert.deepEqual(await sampler.usage(), { machines: [] });
  sampler.stop();
});

test('a wall clock that jumps moves the time of samples and nothing else', async () => {
  const { clock, sampler, pass } = measuredHost();
  sampler.start();
  for (const byMs of [0, 3_600_000, -7_200_000]) {
    clock.jump(byMs);
    await pass(2_500);
    const [part] = (await sampler.usage()).machines[0]?.parts ?? [];
    assert.equal(part?.cpuCores, 0.5);
    assert.ok(Math.abs(part.atMs - clock.now()) <= 1_000);
  }
  sampler.stop();
});

test('a restarted container is measured anew, one that is gone is left out', async () => {
  const { state, sampler, pass } = measuredHost();
  sampler.start();
  await pass(3_500);
  state.run = 'b';
  await pass(2_000);
  assert.equal((await sampler.usage()).machines[0]?.parts[0]?.cpuCores, 0.5);
  state.isThere = false;
  await pass(1_000);
  assert.deepEqual((await sampler.usage()).machines, []);
  sampler.stop();
});

test('load balancers are remembered by service; the latency only while somebody asks', async () => {
  const { state, sampler, pass } = measuredHost();
  sampler.start();
  for (let second = 0; second < 5; second++) {
    state.requests += 100;
    await pass(1_000);
  }
  const subject = subjectOfService({ namespace: 'default', name: 'web' });
  const last = (measure: 'requests' | 'latency' | 'queue') => sampler.history.series(subject, measure)?.last;
  assert.equal(last('requests')?.value, 100);
  assert.equal(last('queue')?.value, 2);
  const measuredAtMs = last('latency')?.atMs;
  await pass(5_000);
  sampler.stop();
  assert.equal(last('requests')?.value, 0);
  assert.ok((last('latency')?.atMs ?? 0) <= (measuredAtMs ?? 0) + 1_000);
});
