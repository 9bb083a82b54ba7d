import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { testHypervisorDriver } from '../conformance/index.ts';
import { FakeHypervisor } from './hypervisor.ts';

testHypervisorDriver('fake', async () => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const world: World = { clock, random, ids: new SeededIds(random), log: silentLog };
  const driver = new FakeHypervisor({ world, images: new Set(), hasVolume: () => false });
  // Nothing here depends on how time passes, so it may run as fast as it can.
  let isOpen = true;
  const tick = () => {
    clock.step();
    if (isOpen) setImmediate(tick);
  };
  tick();
  return {
    driver,
    clock,
    spec: {
      domain: { cpu: { sockets: 1, maxSockets: 2 }, memory: { guest: '192Mi', maxGuest: '1Gi' }, devices: {} },
    },
    reopen: () => Promise.resolve(driver),
    crash: (uid) => driver.crash(uid),
    close: () => {
      isOpen = false;
      return Promise.resolve();
    },
  };
});
