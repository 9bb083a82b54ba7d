/** What the API can do under load, over TLS, with SQLite and full fsync: `./godwit bench api`. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { GodwitUnderTest } from '../test/support/godwit.ts';
import { proportionalSetSize } from './support/process-figures.ts';
import { type Access, RawClient, readAccess } from './support/raw-client.ts';
import { median, quantile } from './support/statistics.ts';

const CLIENTS = 64;
const CREATES = 30_000;
const MACHINES = 20_000;
const WATCHERS = 1_000;
const CHANGES = 100;

export const bench: Bench = async function* ({ say }) {
  const godwit = new GodwitUnderTest();
  await godwit.up();
  try {
    const access = readAccess(godwit.kubeconfig);
    say(`durable creates: ${CREATES} ConfigMaps by ${CLIENTS} clients`);
    yield* creates(access, godwit.state);
    say(`list: ${MACHINES} VirtualMachines of 2 KB`);
    yield* lists(access);
    say(`watch: ${WATCHERS} watchers, ${CHANGES} changes`);
    yield* watches(access, godwit.processId);
  } finally {
    await godwit.stop();
  }
};

async function* creates(access: Access, folder: string): AsyncIterable<BenchRow> {
  const clients = await openClients(access, CLIENTS);
  await createAll(clients, 2_000, (i) => configMap(`warm-${i}`), '/api/v1/namespaces/default/configmaps');
  const startedMs = performance.now();
  await createAll(clients, CREATES, (i) => configMap(`load-${i}`), '/api/v1/namespaces/default/configmaps');
  const perSecond = CREATES / ((performance.now() - startedMs) / 1000);
  for (const client of clients) client.close();
  yield {
    bench: 'api',
    what: `durable creates/s, ${CLIENTS} clients, TLS, SQLite full fsync`,
    value: perSecond,
    unit: '/s',
    goal: '>= 6000',
    peer: 'reference: etcd, one client',
    peerValue: 2_100,
    ratio: perSecond / 2_100,
    holds: perSecond >= 6_000,
  };
  const fsyncMs = fsyncMedianMs(folder);
  yield {
    bench: 'api',
    what: 'fsync p50 of the same disk',
    value: fsyncMs,
    unit: 'ms',
    goal: 'beside it',
    holds: true,
  };
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

function openClients(access: Access, count: number): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, () => RawClient.open(access)));
}

async function createAll(
  clients: readonly RawClient[],
  count: number,
  body: (i: number) => string,
  path: string,
): Promise<void> {
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      for (let i = next++; i < count; i = next++) {
        const { status } = await client.request('POST', path, body(i));
        if (status !== 201) throw new Error(`create ${i} of ${path}: status ${status}`);
      }
    }),
  );
}

function configMap(name: string): string {
  return `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","labels":{"app":"bench"}},"data":{"key":"${'x'.repeat(200)}"}}`;
}

function machine(index: number): string {
  return JSON.stringify({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: `machine-${index}`, labels: { app: 'bench' }, annotations: { note: 'x'.repeat(700) } },
    spec: {
      runStrategy: 'Halted',
      template: {
        metadata: { labels: { app: 'bench' } },
        spec: {
          domain: {
            cpu: { cores: 2 },
            memory: { guest: '2Gi' },
            devices: {
              disks: [{ name: 'root', disk: { bus: 'virtio' } }],
              interfaces: [{ name: 'default', masquerade: {} }],
            },
          },
          networks: [{ name: 'default', pod: {} }],
          volumes: [{ name: 'root', containerDisk: { image: 'localhost/godwit/debian:latest' } }],
        },
      },
    },
  });
}

async function* lists(access: Access): AsyncIterable<BenchRow> {
  const path = '/apis/kubevirt.io/v1/namespaces/default/virtualmachines';
  const clients = await openClients(access, CLIENTS);
  await createAll(clients, MACHINES, machine, path);
  for (const client of clients) client.close();
  const [lister, other] = (await openClients(access, 2)) as [RawClient, RawClient];
  await quiet(other);
  const seconds: number[] = [];
  const waits: number[] = [];
  let bodyBytes = 0;
  for (let i = 0; i < 10; i++) {
    let listing = true;
    const pacer = (async () => {
      while (listing) {
        const startedMs = performance.now();
        await other.request('GET', '/api/v1/namespaces/default');
        waits.push(performance.now() - startedMs);
      }
    })();
    const startedMs = performance.now();
    bodyBytes = (await lister.request('GET', path)).bodyBytes;
    seconds.push((performance.now() - startedMs) / 1000);
    listing = false;
    await pacer;
  }
  lister.close();
  other.close();
  const listSeconds = median(seconds);
  yield {
    bench: 'api',
    what: `list ${MACHINES} VMs of ${Math.round(bodyBytes / MACHINES)} B over TLS, median of 10`,
    value: listSeconds,
    unit: 's',
    goal: '<= 0.3',
    peer: 'reference: OpenNebula 6.10',
    peerValue: 1.27,
    ratio: listSeconds / 1.27,
    holds: listSeconds <= 0.3,
  };
  const worst = quantile(waits, 1);
  yield {
    bench: 'api',
    what: 'worst wait of another request meanwhile',
    value: worst,
    unit: 'ms',
    goal: '<= 50',
    holds: worst <= 50,
  };
}

/** Waits until the controllers have done their part for the objects made so far: answers come at once again. */
async function quiet(client: RawClient): Promise<void> {
  for (let calm = 0; calm < 20; ) {
    const startedMs = performance.now();
    await client.request('GET', '/api/v1/namespaces/default');
    calm = performance.now() - startedMs < 5 ? calm + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function* watches(access: Access, pid: number): AsyncIterable<BenchRow> {
  const path = '/api/v1/namespaces/kube-public/configmaps';
  const [writer] = (await openClients(access, 1)) as [RawClient];
  const watchers: RawClient[] = [];
  let delivered = 0;
  const all = Promise.withResolvers<void>();
  const onEvent = (chunk: Buffer) => {
    for (let at = chunk.indexOf('"type":"ADDED"'); at >= 0; at = chunk.indexOf('"type":"ADDED"', at + 1)) delivered++;
    if (delivered >= WATCHERS * CHANGES) all.resolve();
  };
  while (watchers.length < WATCHERS) watchers.push(...(await openClients(access, 50)));
  for (const watcher of watchers) watcher.stream(`${path}?watch=1&labelSelector=bench%3Dwatch`, onEvent);
  await quiet(writer);
  const before = proportionalSetSize(pid);
  const startedMs = performance.now();
  for (let i = 0; i < CHANGES; i++) {
    const body = configMap(`watched-${i}`).replace('"app":"bench"', '"bench":"watch"');
    await writer.request('POST', path, body);
  }
  await all.promise;
  const seconds = (performance.now() - startedMs) / 1000;
  const growth = (proportionalSetSize(pid) - before) / 1024 ** 2;
  for (const client of [writer, ...watchers]) client.close();
  yield {
    bench: 'api',
    what: `${WATCHERS} watchers x ${CHANGES} changes, all delivered`,
    value: seconds,
    unit: 's',
    goal: '<= 2',
    holds: seconds <= 2,
  };
  yield {
    bench: 'api',
    what: 'memory growth meanwhile (PSS)',
    value: growth,
    unit: 'MiB',
    goal: '<= 100',
    holds: growth <= 100,
  };
}
