import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testVolumeDriver } from '../../conformance/index.ts';
import { FolderVolumes } from './folder-volumes.ts';

testVolumeDriver('folders', async () => {
  const root = await mkdtemp(join(tmpdir(), 'godwit-volumes-'));
  const driver = new FolderVolumes(root);
  return {
    driver,
    tooManyBytes: 2 ** 62,
    stands: (name) => existsSync(join(root, name)),
    reopen: async () => new FolderVolumes(root),
    close: () => rm(root, { recursive: true, force: true }),
  };
});
