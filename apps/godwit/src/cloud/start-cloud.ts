import { hostname } from 'node:os';
import { controllers as controllersUser } from '@godwit/api';
import { SystemClock, type World } from '@godwit/base';
import { SystemIds, systemRandom } from '@godwit/base/node';
import { valueReader } from '@godwit/controllers';
import { renderKubeconfig } from '../pki/kubeconfig.ts';
import { writePrivately } from '../pki/pki-folder.ts';
import { addressPlan, type StateFolder } from '../state-folder.ts';
import type { Listen } from '../verbs/up.ts';
import { bootstrap, publishApiEndpoints, reserveApiService } from './bootstrap.ts';
import type { ControllerReport, Summary } from './control-socket.ts';
import { balancerValues, endpointValues, machineValues } from './metric-sources/index.ts';
import { Metrics } from './metrics.ts';
import { openControllers } from './open-controllers.ts';
import { openDoor } from './open-door.ts';
import { type OpenHost, openHost } from './open-host.ts';
import { programLog } from './program-log.ts';
import { STOP_TIMEOUT_MS } from './stop-timeout.ts';

/** A whole cloud in this process. */
export interface Cloud {
  readonly summary: Omit<Summary, 'readyAfterMs'>;
  controllerReports(): readonly ControllerReport[];
  /** Stops all machines in order; the next start starts again what the specs ask. Of the rest only `close` may follow. */
  stopMachines(say: (line: string) => void): Promise<void>;
  /** Stops all machines in order and removes everything they needed on the host. */
  down(say: (line: string) => void): Promise<void>;
  /** Stops the control plane; machines keep running. */
  close(): Promise<void>;
}

/** Puts the parts together: store and API first, then controllers and this machine's agent. */
export async function startCloud(state: StateFolder, listen: Listen): Promise<Cloud> {
  const world = realWorld();
  const metrics = new Metrics();
  const nodeName = hostname().toLowerCase();
  let host: OpenHost | undefined;
  let isReady = false;
  const values = valueReader([
    balancerValues(() => host?.agent.sampler, world.clock),
    machineValues(world.clock),
    endpointValues(world.clock),
  ]);
  const door = await openDoor({
    state,
    listen,
    world,
    metrics,
    machines: (node) => (node === nodeName ? host?.agent.access : undefined),
    volumes: (node) => (node === nodeName ? host?.agent.volumeAccess : undefined),
    usage: (node) => (node === nodeName ? host?.agent.sampler : undefined),
    values,
    isReady: () => isReady,
  });
  const admin = door.operations.as(controllersUser, 'godwit');
  await bootstrap(admin, state.instance);
  await reserveApiService(admin, state.instance, listen.port || state.instance.port);
  const server = await door.serve(listen);
  writePrivately(
    state.kubeconfig,
    renderKubeconfig(urlOf(listen, server.port), door.pki.authorityCertificate, 'admin', door.pki.admin),
  );
  const controllers = openControllers(door.operations, world, door.pki.authorityCertificate, { values });
  host = await openHost({ state, nodeName, operations: door.operations, world });
  const { agent, network, accelerator } = host;
  await Promise.all([agent.start(), controllers.ready]);
  await door.serve({ host: addressPlan(state.instance).uplinkHostAddress, port: server.port });
  await publishApiEndpoints(admin, state.instance, server.port);
  metrics.watch({ revision: () => door.store.revision, controllers: () => controllers.reports() });
  metrics.watchUsage({ node: nodeName, sampler: agent.sampler, measure: host.measure });
  isReady = true;
  const stopMachines = async (say: (line: string) => void) => {
    say('stopping machines');
    await controllers.close();
    await agent.stopAll(STOP_TIMEOUT_MS);
  };
  const close = async () => {
    await controllers.close();
    await host?.close();
    await door.close();
  };
  return {
    summary: {
      processId: process.pid,
      address: urlOf(listen, server.port),
      kubeconfig: state.kubeconfig,
      accelerator,
      loadBalancerRange: addressPlan(state.instance).loadBalancerRange,
    },
    controllerReports: () => controllers.reports(),
    stopMachines,
    down: async (say) => {
      await stopMachines(say);
      say('removing the network');
      await network.remove();
    },
    close,
  };
}

function urlOf({ host }: Listen, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `https://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function realWorld(): World {
  return {
    clock: new SystemClock(),
    random: systemRandom(),
    ids: new SystemIds(),
    log: programLog(2, process.env.GODWIT_LOG ?? 'info'),
  };
}
