/** What the API can do under load, over TLS, with SQLite and full fsync: `./godwit bench api`. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import type { GodwitUnderTest } from '../test/support/godwit.ts';
import { onOwnCloud } from './support/bench-cloud.ts';
import { createAll } from './support/create-all.ts';
import { configMap, haltedMachine } from './support/manifests.ts';
import { cpuSeconds, residentSetSize } from './support/process-figures.ts';
import { type Access, RawClient, readAccess } from './support/raw-client.ts';
import { settled } from './support/settled.ts';
import { median, quantile } from './support/statistics.ts';

const CLIENTS = 64;
const CREATES = 10_000;
const ROUNDS = 5;
const MACHINES = 20_000;
const LISTS = 10;
const WATCHERS = 1_000;
const CHANGES = 100;
const MEBIBYTE = 1024 ** 2;

export const bench: Bench = ({ say }) =>
  onOwnCloud(async function* (godwit) {
    const access = readAccess(godwit.kubeconfig);
    say(`durable creates: ${ROUNDS} rounds of ${CREATES} ConfigMaps by ${CLIENTS} clients`);
    yield* creates(access, godwit);
    say(`list: ${MACHINES} VirtualMachines`);
    yield* lists(access);
    say(`watch: ${WATCHERS} watchers, ${CHANGES} changes`);
    yield* watches(access, godwit.processId);
  });

async function* creates(access: Access, godwit: GodwitUnderTest): AsyncIterable<BenchRow> {
  const path = '/api/v1/namespaces/default/configmaps';
  const clients = await RawClient.openMany(access, CLIENTS);
  await createAll(clients, 5_000, (i) => configMap(`warm-${i}`), path);
  const rates: number[] = [];
  const cpuMicroseconds: number[] = [];
  const ownMicroseconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const cpuBefore = cpuSeconds(godwit.processId);
    const ownBefore = cpuSeconds(process.pid);
    const startedMs = performance.now();
    await createAll(clients, CREATES, (i) => configMap(`load-${round}-${i}`), path);
    rates.push(CREATES / ((performance.now() - startedMs) / 1000));
    cpuMicroseconds.push(((cpuSeconds(godwit.processId) - cpuBefore) / CREATES) * 1e6);
    ownMicroseconds.push(((cpuSeconds(process.pid) - ownBefore) / CREATES) * 1e6);
  }
  for (const client of clients) client.close();
  const perSecond = median(rates);
  yield {
    bench: 'api',
    what: `durable creates, ${CLIENTS} clients, TLS, SQLite full fsync`,
    value: perSecond,
    unit: '/s',
    goal: '>= 6000',
    peer: 'reference: etcd, one client',
    peerValue: 2_100,
    ratio: perSecond / 2_100,
    holds: perSecond >= 6_000,
  };
  yield noted('fsync p50 of the same disk', fsyncMedianMs(godwit.state), 'ms');
  yield noted('processor time of godwit up a create, all threads', median(cpuMicroseconds), 'µs');
  yield noted('processor time of the 64 clients a create, on the same cores', median(ownMicroseconds), 'µs');
}

/** A figure without a goal, to understand its neighbours by. */
function noted(what: string, value: number, unit: string): BenchRow {
  return { bench: 'api', what, value, unit, goal: '-', holds: true };
}

function fsyncMedianMs(folder: string): number {
  const file = openSync(join(folder, 'fsync-probe'), 'w');
  const page = Buffer.alloc(4096, 1);
  const waits = Array.from({ length: 200 }, () => {
    writeSync(file, page);
    const startedMs = performance.now();
    fsyncSync(file);
    return performance.now() - startedMs;
  });
  closeSync(file);
  return median(waits);
}

async function* lists(access: Access): AsyncIterable<BenchRow> {
  const path = '/apis/kubevirt.io/v1/namespaces/default/virtualmachines';
  const clients = await RawClient.openMany(access, CLIENTS);
  await createAll(clients, MACHINES, haltedMachine, path);
  await settled(clients[0] as RawClient);
  for (const client of clients) client.close();
  const [lister, other] = (await RawClient.openMany(access, 2)) as [RawClient, RawClient];
  const seconds: number[] = [];
  const worst = { listing: [] as number[], alone: [] as number[] };
  let bodyBytes = 0;
  for (let i = 0; i < LISTS; i++) {
    const startedMs = performance.now();
    const listing = lister.request('GET', path);
    const waits = waitsUntil(other, listing);
    bodyBytes = (await listing).bodyBytes;
    const tookMs = performance.now() - startedMs;
    seconds.push(tookMs / 1000);
    worst.listing.push(await waits);
    worst.alone.push(await waitsUntil(other, new Promise((resolve) => setTimeout(resolve, tookMs))));
  }
  lister.close();
  other.close();
  const listSeconds = median(seconds);
  yield {
    bench: 'api',
    what: `list ${MACHINES} VMs of ${Math.round(bodyBytes / MACHINES)} B over TLS, median of ${LISTS}`,
    value: listSeconds,
    unit: 's',
    goal: '<= 0.3',
    peer: 'reference: OpenNebula 6.10',
    peerValue: 1.27,
    ratio: listSeconds / 1.27,
    holds: listSeconds <= 0.3,
  };
  const wait = quantile(worst.listing, 1);
  const alone = quantile(worst.alone, 1);
  yield {
    bench: 'api',
    what: 'worst wait of another request meanwhile',
    value: wait,
    unit: 'ms',
    goal: '<= 50',
    peer: 'peer: the same requests, nobody lists',
    peerValue: alone,
    ratio: wait / alone,
    holds: wait <= 50,
  };
}

/** The longest answer, in milliseconds, that small requests one after the other wait for until `end` is there. */
async function waitsUntil(client: RawClient, end: Promise<unknown>): Promise<number> {
  let ended = false;
  const note = () => {
    ended = true;
  };
  end.then(note, note);
  let worst = 0;
  while (!ended) {
    const startedMs = performance.now();
    await client.request('GET', '/api/v1/namespaces/default');
    worst = Math.max(worst, performance.now() - startedMs);
  }
  return worst;
}

async function* watches(access: Access, pid: number): AsyncIterable<BenchRow> {
  const path = '/api/v1/namespaces/kube-public/configmaps';
  const [writer] = (await RawClient.openMany(access, 1)) as [RawClient];
  const watchers: RawClient[] = [];
  while (watchers.length < WATCHERS) watchers.push(...(await RawClient.openMany(access, 50)));
  let missing = WATCHERS;
  const all = Promise.withResolvers<void>();
  const onComplete = () => {
    if (--missing === 0) all.resolve();
  };
  const query = '?watch=1&labelSelector=app%3Dwatch';
  await Promise.all(watchers.map((watcher) => watcher.streamEvents(path + query, countdown(CHANGES, onComplete))));
  await settled(writer);
  const before = residentSetSize(pid);
  let peak = before;
  const looks = setInterval(() => {
    peak = Math.max(peak, residentSetSize(pid));
  }, 20);
  const startedMs = performance.now();
  for (let i = 0; i < CHANGES; i++) await writer.request('POST', path, configMap(`watched-${i}`, 'watch'));
  await all.promise;
  const seconds = (performance.now() - startedMs) / 1000;
  clearInterval(looks);
  for (const client of [writer, ...watchers]) client.close();
  yield {
    bench: 'api',
    what: `${WATCHERS} watchers x ${CHANGES} changes, all delivered`,
    value: seconds,
    unit: 's',
    goal: '<= 2',
    holds: seconds <= 2,
  };
  const growth = (peak - before) / MEBIBYTE;
  yield {
    bench: 'api',
    what: 'memory growth meanwhile, at its peak',
    value: growth,
    unit: 'MiB',
    goal: '<= 100',
    holds: growth <= 100,
  };
}

function countdown(count: number, onZero: () => void): () => void {
  let left = count;
  return () => {
    if (--left === 0) onZero();
  };
}
