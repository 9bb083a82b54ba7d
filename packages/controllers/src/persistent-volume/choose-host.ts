import type { ApiClient } from '@godwit/client';
import { type NodeSelector, node } from '@godwit/kinds';
import { hostOfNode, place, plainRequest, Snapshot, spreadPolicy } from '@godwit/planner';

/** A host on which a volume can be made that no machine waits for; undefined while there is none. */
export function chooseHost(client: ApiClient, within?: NodeSelector): string | undefined {
  const snapshot = new Snapshot();
  for (const each of client.cache(node).values()) snapshot.setHost(hostOfNode(each));
  const volumes = within ? [{ claim: '', hosts: within }] : [];
  const request = plainRequest({ uid: 'volume', kind: 'PersistentVolumeClaim', volumes });
  return place(snapshot, [request], spreadPolicy, client.world.random).placements[0]?.host;
}
