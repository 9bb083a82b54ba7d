/** How fast machines find hosts through everything that they pass, over TLS and on SQLite: `./godwit bench live`. */
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import type { GodwitUnderTest } from '../test/support/godwit.ts';
import { onOwnCloud } from './support/bench-cloud.ts';
import { createAll } from './support/create-all.ts';
import { fakeHost, tinyInstance } from './support/manifests.ts';
import { cpuSeconds } from './support/process-figures.ts';
import { type Access, RawClient, readAccess } from './support/raw-client.ts';
import { settled, storeRevision } from './support/settled.ts';
import { median } from './support/statistics.ts';

const HOSTS = 1_000;
const CLIENTS = 64;
const WARM_UP = 1_000;
const MACHINES = 8_000;
const ROUNDS = 3;
const INSTANCES = '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances';

export const bench: Bench = ({ say }) =>
  onOwnCloud(async function* (godwit) {
    const access = readAccess(godwit.kubeconfig);
    const clients = await RawClient.openMany(access, CLIENTS);
    await onlyFakeHosts(clients, godwit);
    say(`${HOSTS} hosts, each with its own watch`);
    const arrivals = await watchHosts(access);
    await settled(clients[0] as RawClient);
    say(`${ROUNDS} rounds of ${MACHINES} VirtualMachineInstances by ${CLIENTS} clients`);
    yield* rounds(clients, arrivals, godwit.processId, say);
    for (const client of [...clients, ...arrivals.watches]) client.close();
  });

/** Registers the hosts, and closes this machine to the load: nothing of it is to be run. */
async function onlyFakeHosts(clients: readonly RawClient[], godwit: GodwitUnderTest): Promise<void> {
  await createAll(clients, HOSTS, (i) => JSON.stringify(fakeHost(i)), '/api/v1/nodes');
  await createAll(
    clients,
    HOSTS,
    (i) => JSON.stringify(fakeHost(i)),
    (i) => `/api/v1/nodes/${fakeHost(i).metadata.name}/status`,
    'PUT',
  );
  const real = (await godwit.kubectl('get', 'nodes', '-l', '!bench', '-o', 'name')).trim();
  await godwit.kubectl('cordon', real);
}

/** Counts what reaches the hosts. */
class Arrivals {
  readonly watches: RawClient[] = [];
  #missing = 0;
  #all = Promise.withResolvers<void>();

  /** Resolves when `count` more machines have been seen by their hosts. */
  expect(count: number): Promise<void> {
    this.#missing = count;
    this.#all = Promise.withResolvers();
    return this.#all.promise;
  }

  readonly seen = (): void => {
    if (--this.#missing === 0) this.#all.resolve();
  };
}

async function watchHosts(access: Access): Promise<Arrivals> {
  const arrivals = new Arrivals();
  while (arrivals.watches.length < HOSTS) arrivals.watches.push(...(await RawClient.openMany(access, 50)));
  const path = '/apis/kubevirt.io/v1/virtualmachineinstances?watch=1&fieldSelector=status.nodeName%3D';
  await Promise.all(
    arrivals.watches.map((watch, i) => watch.streamEvents(path + fakeHost(i).metadata.name, arrivals.seen)),
  );
  return arrivals;
}

async function* rounds(
  clients: readonly RawClient[],
  arrivals: Arrivals,
  pid: number,
  say: (line: string) => void,
): AsyncIterable<BenchRow> {
  const [first] = clients as [RawClient];
  const run = async (round: string, count: number): Promise<number> => {
    const all = arrivals.expect(count);
    const startedMs = performance.now();
    await Promise.all([createAll(clients, count, (i) => tinyInstance(`vm-${round}-${i}`), INSTANCES), all]);
    return (performance.now() - startedMs) / 1000;
  };
  await run('warm', WARM_UP);
  const rates: number[] = [];
  const writes: number[] = [];
  const cpuMicroseconds: number[] = [];
  const ownMicroseconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await settled(first);
    const before = { revision: await storeRevision(first), cpu: cpuSeconds(pid), own: cpuSeconds(process.pid) };
    rates.push(MACHINES / (await run(String(round), MACHINES)));
    say(`round ${round + 1}: ${Math.round(rates.at(-1) as number)}/s`);
    cpuMicroseconds.push(((cpuSeconds(pid) - before.cpu) / MACHINES) * 1e6);
    ownMicroseconds.push(((cpuSeconds(process.pid) - before.own) / MACHINES) * 1e6);
    writes.push(((await storeRevision(first)) - before.revision) / MACHINES);
  }
  await checkAll(first);
  const perSecond = median(rates);
  yield {
    bench: 'live',
    what: `VMIs created, bound and seen by their host, ${HOSTS} hosts, TLS, SQLite full fsync`,
    value: perSecond,
    unit: '/s',
    goal: '>= 2000',
    peer: 'reference: Nomad, 5 servers (1,500 to 3,750)',
    peerValue: 1_500,
    ratio: perSecond / 1_500,
    holds: perSecond >= 2_000,
  };
  yield noted('durable writes a machine, events included', median(writes), '');
  yield noted('processor time of godwit up a machine, all threads', median(cpuMicroseconds), 'µs');
  yield noted('processor time of clients and hosts a machine, on the same cores', median(ownMicroseconds), 'µs');
  // Where others are busy on the machine, both get less than they could use.
  const cores = (perSecond * (median(cpuMicroseconds) + median(ownMicroseconds))) / 1e6;
  yield noted('cores that all of it had', cores, '');
}

/** A figure without a goal, to understand its neighbours by. */
function noted(what: string, value: number, unit: string): BenchRow {
  return { bench: 'live', what, value, unit, goal: '-', holds: true };
}

interface InstanceList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly status?: { readonly nodeName?: string };
  }[];
}

/** Every machine has a host, and the decision beside it that says why. */
async function checkAll(client: RawClient): Promise<void> {
  let next: string | undefined = '';
  while (next !== undefined) {
    // Few enough to come in one piece.
    const path = `${INSTANCES}?limit=50&continue=${encodeURIComponent(next)}`;
    const { text } = await client.request('GET', path, undefined, { keepText: true });
    const { items, metadata: page } = JSON.parse(text) as InstanceList;
    for (const { metadata, status } of items) {
      const decision = JSON.parse(metadata.annotations?.['godwit.dev/decision'] ?? '{}') as { host?: string };
      if (!status?.nodeName || decision.host !== status.nodeName)
        throw new Error(`a machine without a host or its decision: ${JSON.stringify(metadata)}`);
    }
    next = page.continue;
  }
}
