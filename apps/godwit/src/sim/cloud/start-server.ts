import { controllers as controllersUser, createOperations, type User } from '@godwit/api';
import { ApiClient } from '@godwit/client';
import { ApiMover, ApiResizer, type PowerDriver } from '@godwit/controllers';
import { builtInKinds, type MachineAccess, type UsageAccess } from '@godwit/kinds';
import { HostAllocations } from '@godwit/planner';
import { bootstrap } from '../../cloud/bootstrap.ts';
import { openControllers } from '../../cloud/open-controllers.ts';
import type { SimulatedDisk } from '../disk/simulated-disk.ts';
import { SimulatedStore, type StoreObserver } from '../disk/simulated-store.ts';
import type { Life } from '../world/life.ts';
import type { Plant } from './plant.ts';
import { type Server, Wire } from './wire.ts';

export interface ServerProgramOptions {
  readonly life: Life;
  readonly disk: SimulatedDisk;
  readonly observer: StoreObserver;
  readonly machines: (node: string) => MachineAccess | undefined;
  readonly usage: (node: string) => UsageAccess | undefined;
  readonly power: PowerDriver;
  readonly plant: Plant;
  /** Called as soon as requests can be served. */
  readonly onServing: (server: Server) => void;
}

/** Addresses of a simulated cloud. */
const INSTANCE = { id: '51a10000', octet: 64, port: 6443 };

/**
 * The real API and controllers over a simulated disk, put together as `cloud/start-cloud.ts` does. Resolves with the
 * wires of the controllers.
 */
export async function startServer(options: ServerProgramOptions): Promise<readonly Wire[]> {
  const { life, disk, observer, plant } = options;
  const store = await SimulatedStore.open({ life, disk, observer, syncs: plant.neverSyncs !== true });
  const operations = await createOperations({
    world: life.world,
    store,
    kinds: builtInKinds,
    machines: options.machines,
    usage: options.usage,
    ...(plant.admitters && { admitters: plant.admitters }),
    ...(!plant.everythingFits && { allocations: new HostAllocations() }),
  });
  await bootstrap(operations.as(controllersUser, 'godwit'), INSTANCE);
  const server = { life, operations, store, planted: plant.door };
  options.onServing(server);
  const wires: Wire[] = [];
  const wireFor = (user: User, agent = ''): Wire => {
    const wire = new Wire({ life, server: () => server, user, agent });
    wires.push(wire);
    return wire;
  };
  const client = new ApiClient(wireFor(controllersUser, 'godwit-controllers'), life.world);
  const power = life.guard('power', plant.power?.(options.power) ?? options.power);
  openControllers({ as: wireFor }, life.world, 'certificate of a simulated authority', {
    drivers: { mover: new ApiMover(client), resizer: new ApiResizer(client), power },
  });
  return wires;
}
