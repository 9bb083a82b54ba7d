/** The data plane alone: how long a host takes to follow its services, on 1,000 services of 10 machines. */

import { SeededRandom, SystemClock, silentLog } from '@godwit/base';
import { SystemIds } from '@godwit/base/node';
import type { ServiceEntry } from '@godwit/host';
import { LinuxNetwork } from '@godwit/host/node';
import type { Bench } from '../apps/godwit/src/bench/run-benches.ts';
import { cleaningUp } from './support/cleaning-up.ts';
import { median } from './support/statistics.ts';

const SERVICES = 1000;
const ENDPOINTS = 10;
// Outside 10.64 to 10.127, where clouds live.
const PREFIX = '10.63';

export const bench: Bench = (options) => {
  const world = { clock: new SystemClock(), random: new SeededRandom(1), ids: new SystemIds(), log: silentLog };
  const network = new LinuxNetwork({ instanceId: process.pid.toString(16).padStart(8, '0'), plan: plan(), world });
  const timed = async (task: () => Promise<unknown>) => {
    const startedMs = performance.now();
    await task();
    return performance.now() - startedMs;
  };
  options.say(`network: ${SERVICES} services of ${ENDPOINTS} machines`);
  return cleaningUp(
    () => network.remove(),
    async function* () {
      await network.start();
      let services = Array.from({ length: SERVICES }, (_, index) => service(index, ENDPOINTS));
      const first = await timed(() => network.applyServices({ services, hosts: [] }));
      yield row(`${SERVICES} services x ${ENDPOINTS} machines into the maps at once`, first, 1500);
      const changes: number[] = [];
      for (let index = 0; index < 20; index++) {
        services = services.with(index, service(index, ENDPOINTS - 1));
        changes.push(await timed(() => network.applyServices({ services, hosts: [] })));
      }
      yield row('one service of them changes', median(changes), 150);
    },
  );
};

function row(what: string, value: number, goalMs: number) {
  return { bench: 'network', what, value, unit: 'ms', goal: `<= ${goalMs}`, holds: value <= goalMs };
}

function plan() {
  return {
    subnet: `${PREFIX}.0.0/17`,
    gateway: `${PREFIX}.0.1`,
    serviceSubnet: `${PREFIX}.128.0/18`,
    loadBalancerRange: `${PREFIX}.192.0/24`,
    uplinkHostAddress: `${PREFIX}.255.1`,
    uplinkInnerAddress: `${PREFIX}.255.2`,
    dnsDomain: 'cluster.local',
    mtu: 1500,
  };
}

function service(index: number, endpoints: number): ServiceEntry {
  const machines = Array.from({ length: endpoints }, (_, slot) => ({
    address: `${PREFIX}.${1 + (index >> 4)}.${(index & 15) * ENDPOINTS + slot + 1}`,
    port: 8080,
    state: 'ready' as const,
  }));
  return {
    namespace: 'default',
    name: `service-${index}`,
    uid: `uid-${index}`,
    clusterIps: [`${PREFIX}.${128 + (index >> 8)}.${index & 255}`],
    externalIps: [],
    headless: false,
    ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: 30_000 + index, endpoints: machines }],
  };
}
