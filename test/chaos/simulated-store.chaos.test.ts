import { SeededRandom } from '@godwit/base';
import { SimulatedDisk } from '../../apps/godwit/src/sim/disk/simulated-disk.ts';
import { SimulatedStore } from '../../apps/godwit/src/sim/disk/simulated-store.ts';
import { EventLog } from '../../apps/godwit/src/sim/world/event-log.ts';
import { Life } from '../../apps/godwit/src/sim/world/life.ts';
import { type Engine, type EngineOptions, storeConformance } from '../../packages/store/src/node/conformance/index.ts';
import { storeFuzz } from '../../packages/store/src/node/fuzz.ts';

/** The store of simulations keeps what every store promises. */
const disks = new WeakMap<object, SimulatedDisk>();

async function open({ clock, retention }: EngineOptions, disk: SimulatedDisk): Promise<SimulatedStore> {
  disk.syncMs = 0;
  const events = new EventLog(() => clock.monotonic());
  const life = new Life({ name: 'store', clock, random: new SeededRandom(1), events, onCrash: () => undefined });
  const observer = { opened: () => undefined, written: () => undefined, acknowledged: () => undefined };
  const store = await SimulatedStore.open({ life, disk, observer, ...(retention && { retention }) });
  disks.set(store, disk);
  return store;
}

const simulated: Engine = {
  name: 'simulated',
  open: (options) => open(options, new SimulatedDisk()),
  reopen: (closed, options) => open(options, disks.get(closed) ?? new SimulatedDisk()),
};

storeConformance(simulated);
storeFuzz(simulated, { runs: 20 });
