import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { type ProgramName, plainContainer, testContainerDriver } from '../conformance/index.ts';
import { FakeContainers, type FakeProgram } from './containers.ts';

const programs: Readonly<Record<ProgramName, FakeProgram>> = {
  sleeper: { commands: { false: 1 } },
  polite: { endsAfterTermMs: 10 },
  brief: { runsMs: 20, exitCode: 7 },
  broken: { broken: true },
};

testContainerDriver('fake', async () => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const world: World = { clock, random, ids: new SeededIds(random), log: silentLog };
  const driver = new FakeContainers(world);
  for (const [name, program] of Object.entries(programs)) driver.addImage(name, program);
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
    image: 'sleeper',
    request: (_image, program, name) => plainContainer(name, driver.facts(program), { logPath: `/logs/${name}` }),
    reopen: () => Promise.resolve(driver),
    close: () => {
      isOpen = false;
      return Promise.resolve();
    },
  };
});
