import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hasCode } from '@godwit/base';
import type { VolumeDriver } from '../volume-driver.ts';

/** How the suite gets at one implementation. */
export interface VolumesUnderTest {
  readonly driver: VolumeDriver;
  /** More than there is room for. */
  readonly tooManyBytes: number;
  /** Whether the volume really stands. */
  stands(name: string): boolean;
  /** As after a crash of the program: another driver over the same volumes. */
  reopen(): Promise<VolumeDriver>;
  close(): Promise<void>;
}

const SIZE_BYTES = 2 ** 20;

export function testVolumeDriver(name: string, open: () => Promise<VolumesUnderTest>): void {
  describe(`volume driver: ${name}`, { concurrency: 1 }, () => {
    let under: VolumesUnderTest;

    before(async () => {
      under = await open();
    });
    after(() => under.close());

    test('making twice is making once; each volume has a folder of its own', async () => {
      const { driver } = under;
      for (const volume of ['pvc-1', 'pvc-1', 'pvc-2']) await driver.provision({ name: volume, sizeBytes: SIZE_BYTES });
      assert.deepEqual([under.stands('pvc-1'), under.stands('pvc-2')], [true, true]);
      assert.notEqual(driver.folder('pvc-1'), driver.folder('pvc-2'));
    });

    test('what there is no room for is refused, and leaves nothing', async () => {
      const { driver, tooManyBytes } = under;
      await assert.rejects(driver.provision({ name: 'huge', sizeBytes: tooManyBytes }), (error) =>
        hasCode(error, 'no-space'),
      );
      assert.equal(under.stands('huge'), false);
    });

    test('volumes outlive the driver', async () => {
      const again = await under.reopen();
      await again.provision({ name: 'pvc-1', sizeBytes: SIZE_BYTES });
      assert.equal(again.folder('pvc-1'), under.driver.folder('pvc-1'));
      assert.equal(under.stands('pvc-2'), true);
    });

    test('removing takes one volume away, and twice is no error', async () => {
      const { driver } = under;
      await driver.remove('pvc-1');
      await driver.remove('pvc-1');
      assert.deepEqual([under.stands('pvc-1'), under.stands('pvc-2')], [false, true]);
    });
  });
}
