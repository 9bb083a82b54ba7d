import { join } from 'node:path';
import { SystemClock, silentLog } from '@godwit/base';
import { SystemIds, systemRandom } from '@godwit/base/node';
import { ApiClient } from '@godwit/client';
import { HttpDoor, readKubeconfig } from '@godwit/client/node';
import { openAdminAccess } from './admin-access.ts';

/** A client of a running Godwit, as its admin, with caches that live until `close`. */
export interface OpenClient {
  readonly client: ApiClient;
  readonly close: () => void;
}

/** Throws what `openAdminAccess` throws. */
export function openClient(stateFolder: string): OpenClient {
  openAdminAccess(stateFolder);
  const world = { clock: new SystemClock(), random: systemRandom(), ids: new SystemIds(), log: silentLog };
  const door = new HttpDoor(readKubeconfig(join(stateFolder, 'admin.kubeconfig')), { clock: world.clock });
  const client = new ApiClient(door, world);
  return {
    client,
    close: () => {
      client.close();
      door.close();
    },
  };
}
