import { testVolumeDriver } from '../conformance/index.ts';
import { FakeVolumes } from './volumes.ts';

const CAPACITY_BYTES = 2 ** 30;

testVolumeDriver('fake', () => {
  const driver = new FakeVolumes(CAPACITY_BYTES);
  return Promise.resolve({
    driver,
    tooManyBytes: 2 * CAPACITY_BYTES,
    stands: (name: string) => driver.has(name),
    reopen: () => Promise.resolve(driver),
    close: () => Promise.resolve(),
  });
});
