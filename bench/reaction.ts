/**
 * How soon a step of the load is answered by a machine that serves: `./godwit bench reaction`. What a machine takes to
 * start is measured in the same run, by ordering one by hand, and taken off.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import type { GodwitUnderTest } from '../test/support/godwit.ts';
import { fetchText } from '../test/support/http-load.ts';
import { buildMyapp, buildTinyGuest } from '../test/support/images.ts';
import { tinyFirmware } from '../test/support/tiny-machine.ts';
import { onOwnCloud } from './support/bench-cloud.ts';
import { oneMyapp } from './support/manifests.ts';
import { median } from './support/statistics.ts';
import { timed, until } from './support/waiting.ts';
import { measureWaking } from './support/waking.ts';

/** Load that one machine is meant to bear, at the endpoint that the policies read. */
const EACH = 10;
const GOAL_MS = 3_000;
/** How often the controller looks at a policy. */
const LOOKS_MS = 2_000;

/** Something that has a number of machines, under an ElasticPolicy. */
interface Fleet {
  readonly what: string;
  /** As kubectl names it. */
  readonly resource: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly manifest: string;
  /** Where the addresses of its machines stand, and at which port they answer. */
  readonly machines: string;
  readonly addresses: string;
  readonly port: number;
  readonly rounds: number;
}

const fleets: readonly Fleet[] = [
  {
    what: 'pod',
    resource: 'deployment/front',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'front',
    machines: 'pods',
    addresses: '{.items[*].status.podIP}',
    port: 8080,
    rounds: 9,
    manifest: oneMyapp('front'),
  },
  {
    what: 'VM',
    resource: 'virtualmachinepool/guests',
    apiVersion: 'pool.kubevirt.io/v1beta1',
    kind: 'VirtualMachinePool',
    name: 'guests',
    machines: 'vmi',
    addresses: '{.items[*].status.interfaces[0].ipAddress}',
    port: 80,
    rounds: 5,
    manifest: `
apiVersion: pool.kubevirt.io/v1beta1
kind: VirtualMachinePool
metadata: {name: guests}
spec:
  replicas: 1
  selector: {matchLabels: {app: guests}}
  virtualMachineTemplate:
    metadata: {labels: {app: guests}}
    spec:
      runStrategy: Always
      template:
        metadata: {labels: {app: guests}}
        spec:
          terminationGracePeriodSeconds: 0
          domain:
            memory: {guest: 96Mi}
            devices: {}
            firmware: ${tinyFirmware}`,
  },
];

export const bench: Bench = ({ say }) =>
  onOwnCloud(async function* (godwit) {
    await buildTinyGuest();
    await buildMyapp();
    const load = await LoadEndpoint.open();
    try {
      for (const fleet of fleets) yield await measure(fleet, godwit, load, say);
      yield await measureWaking(godwit, say);
    } finally {
      load.close();
    }
  });

/** Says how much there is to do, as a queue's own page would. */
class LoadEndpoint {
  value = 1;
  readonly #server = createServer((_request, response) => response.end(String(this.value)));

  static async open(): Promise<LoadEndpoint> {
    const endpoint = new LoadEndpoint();
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function measure(
  fleet: Fleet,
  godwit: GodwitUnderTest,
  load: LoadEndpoint,
  say: (line: string) => void,
): Promise<BenchRow> {
  const { what, resource, rounds } = fleet;
  await godwit.apply(fleet.manifest);
  await serving(fleet, godwit, 1);
  const starts: number[] = [];
  const reactions: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await godwit.kubectl('delete', 'elasticpolicy', '--all');
    await godwit.kubectl('scale', resource, '--replicas=1');
    await serving(fleet, godwit, 1);
    starts.push(
      await timed(async () => {
        await godwit.kubectl('scale', resource, '--replicas=2');
        await serving(fleet, godwit, 2);
      }),
    );
    load.value = 1;
    await godwit.apply(policyOf(fleet, load.url));
    await serving(fleet, godwit, 1);
    // Policies are looked at now and then: steps come at every moment between two looks.
    await sleep((round / rounds) * LOOKS_MS);
    reactions.push(
      await timed(async () => {
        load.value = EACH + EACH / 2;
        await serving(fleet, godwit, 2);
      }),
    );
    const [reaction, start] = [reactions.at(-1) ?? 0, starts.at(-1) ?? 0].map(Math.round);
    say(`${what} ${round + 1}/${rounds}: serves ${reaction} ms after the step, ${start} ms after being ordered`);
  }
  const own = median(starts);
  const value = median(reactions.map((reaction, round) => reaction - (starts[round] ?? 0)));
  return {
    bench: 'reaction',
    what: `step of the load → new ${what} serving, less its own start of ${Math.round(own)} ms`,
    value: value / 1000,
    unit: 's',
    goal: '<= 3',
    peer: 'reference: HorizontalPodAutoscaler, 90–150 s in all',
    holds: value <= GOAL_MS,
  };
}

const policyOf = ({ name, kind, apiVersion }: Fleet, url: string) => `
apiVersion: godwit.dev/v1alpha1
kind: ElasticPolicy
metadata: {name: ${name}}
spec:
  targetRef: {apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}}
  out: {minReplicas: 1, maxReplicas: 2}
  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
  metrics: [{name: jobs, type: http, url: "${url}", target: {value: "${EACH}"}}]`;

/** Resolves when so many machines are there, no more, and each answers. */
async function serving({ machines, addresses, port, what }: Fleet, godwit: GodwitUnderTest, count: number) {
  await until(`${count} ${what}s that serve`, async () => {
    const found = (await godwit.kubectl('get', machines, '-o', `jsonpath=${addresses}`)).split(' ').filter(Boolean);
    if (found.length !== count) return undefined;
    return (await Promise.all(found.map((ip) => answers(ip, port)))).every(Boolean) || undefined;
  });
}

async function answers(ip: string, port: number): Promise<boolean> {
  try {
    return (await fetchText(`http://${ip}:${port}/`)) !== '';
  } catch {
    return false;
  }
}
