import { controllers as controllersUser, createOperations } from '@godwit/api';
import { builtInKinds, type MachineAccess } from '@godwit/kinds';
import { fitsOnNode } from '@godwit/planner';
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
    ...(plant.admitters && { admitters: plant.admitters }),
    fits: plant.everythingFits ? () => [] : fitsOnNode,
  });
  await bootstrap(operations.as(controllersUser, 'godwit'), INSTANCE);
  const server = { life, operations, store, planted: plant.door };
  options.onServing(server);
  const wires: Wire[] = [];
  openControllers(
    {
      as: (user, agent = '') => {
        const wire = new Wire({ life, server: () => server, user, agent });
        wires.push(wire);
        return wire;
      },
    },
    life.world,
    'certificate of a simulated authority',
  );
  return wires;
}
