import { nodeUser } from '@godwit/api';
import { ApiClient, EventRecorder } from '@godwit/client';
import {
  Agent,
  ApiConfiguration,
  ApiPodReporter,
  type MachineManager,
  PodManager,
  VirtualMachineManager,
  type VolumeFiller,
} from '@godwit/host';
import { FakeProber, fakePodLogs } from '@godwit/host/fake';
import type { Pod } from '@godwit/kinds';
import type { Life } from '../world/life.ts';
import type { Plant } from './plant.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { type Server, Wire } from './wire.ts';

export interface AgentProgram {
  readonly agent: Agent;
  readonly instances: VirtualMachineManager;
  readonly wire: Wire;
}

export interface AgentProgramOptions {
  readonly host: SimulatedHost;
  readonly life: Life;
  readonly server: () => Server | undefined;
  readonly plant: Plant;
  /** Whether it measures what machines use. */
  readonly measured: boolean;
}

/** The real agent of a host, with simulated drivers. Puts the parts together as `cloud/open-host.ts` does. */
export function makeAgent({ host, life, server, plant, measured }: AgentProgramOptions): AgentProgram {
  const { world } = life;
  const nodeName = host.name;
  const wire = new Wire({ life, server, user: nodeUser(nodeName), agent: 'godwit-agent' });
  const client = new ApiClient(wire, world);
  const events = new EventRecorder(client, 'godwit-agent', nodeName);
  // Its commands are children that end with the program.
  const network = life.guard('network', plant.network?.(host.network) ?? host.network, { byItself: true });
  const volumes = life.guard('volumes', plant.volumes?.(host.volumes) ?? host.volumes, {
    plain: ['folder'],
    byItself: true,
  });
  const containers = life.guard('containers', plant.containers?.(host.containers) ?? host.containers, {
    listening: ['subscribe'],
  });
  const hypervisor = life.guard('hypervisor', plant.hypervisor?.(host.hypervisor) ?? host.hypervisor, {
    plain: ['usage'],
    listening: ['listen'],
  });
  const pods: MachineManager<Pod> = new PodManager({
    records: life.guard('pod-records', host.podRecords, { byItself: true }),
    logs: fakePodLogs,
    tools: {
      world,
      containers,
      network,
      configuration: new ApiConfiguration(client, volumes),
      host: hostFacts(host),
      folders: life.guard('folders', host.folders, { plain: ['logPath'], byItself: true }),
      prober: new FakeProber(),
      reporter: new ApiPodReporter(client, events),
    },
  });
  const instances = new VirtualMachineManager({
    records: life.guard('vm-records', host.instanceRecords, { byItself: true }),
    world,
    client,
    events,
    hypervisor,
    network,
    bootId: host.bootId,
  });
  const planted = plant.instances?.(instances) ?? instances;
  const agent = new Agent({
    client,
    world,
    nodeName,
    pods: plant.pods?.(pods) ?? pods,
    instances: planted,
    network,
    volumes,
    filler,
    facts: () => host.facts(),
    ...(measured && { load: host.load }),
  });
  return { agent, instances: planted, wire };
}

/** Fills a volume at once: what is simulated is everything around it. */
const filler: VolumeFiller = {
  fill: (_volume, _request, known, report) => report({ phase: 'Succeeded', restarts: known?.restarts ?? 0 }),
};

function hostFacts({ name, size }: SimulatedHost) {
  return {
    nodeName: name,
    ips: ['192.0.2.10'],
    cpuMillis: size.cpuMillis,
    memoryBytes: size.memoryBytes,
    ephemeralStorageBytes: 100 * 2 ** 30,
    resolverText: 'nameserver 192.0.2.53\n',
  };
}
