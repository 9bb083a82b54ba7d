import { writeFileSync } from 'node:fs';
import { Failure, SeededIds, SystemClock, silentLog } from '@godwit/base';
import { systemRandom } from '@godwit/base/node';
import { ApiClient } from '@godwit/client';
import { HttpDoor, readKubeconfig } from '@godwit/client/node';
import { ApiMeter } from '@godwit/controllers';
import { apiVersionOf, type Door, isNotFound, type KindDefinition, type KubeObject } from '@godwit/kinds';
import { dump } from 'js-yaml';
import { type CloudObjects, readSaved, type SavedCloud, savedCloudOf, takenKinds } from '../../sim/rehearsal/index.ts';
import { readYaml } from './read-file.ts';

/** What a saved cloud is, for whoever gets the file. */
const HEADING = `# A cloud as it was, saved by \`godwit sim --save\` for rehearsals: \`godwit sim --from <this file>\`.
# It holds hosts, machines, volumes, their owners, quotas, budgets, priorities, autoscalers and policies, by their names
# and labels, and what machines used. It holds no Secrets and ConfigMaps, and of machines no environments, commands,
# files, cloud-init data, addresses, or annotations of people's own.
`;

/** What a saved cloud leads to, and a kubeconfig. */
export async function readCloud(path: string): Promise<CloudObjects> {
  const content = readYaml(path) as Partial<SavedCloud> | { readonly kind: 'Config' } | undefined;
  if (content?.kind === 'Config') return readLive(path);
  if (content?.kind !== 'List' || !('items' in content) || !Array.isArray(content.items)) {
    const hint = 'make one with: godwit sim --from KUBECONFIG --save FILE';
    throw new Failure('not-a-cloud', `${path} is neither a kubeconfig nor a list of nodes and machines; ${hint}`);
  }
  return readSaved(checked(content as SavedCloud, path));
}

/** Objects that say what they are; of others it is said where they stand. */
function checked(list: SavedCloud, path: string): SavedCloud {
  list.items.forEach((item, index) => {
    const { kind, metadata } = (item ?? {}) as Partial<KubeObject>;
    const field = typeof kind === 'string' ? 'metadata.name' : 'kind';
    if (typeof kind !== 'string' || typeof metadata?.name !== 'string')
      throw new Failure('not-a-cloud', `${path}: items[${index}].${field}: a list of objects must say it of each`);
  });
  const kinds = new Set(takenKinds.map(({ kind }) => kind));
  return { ...list, items: list.items.filter(({ kind }) => kinds.has(kind)) };
}

/** Writes a cloud as a file that can be given away: JSON by its name, else YAML. */
export function saveCloud(cloud: CloudObjects, path: string): void {
  const saved = savedCloudOf(cloud);
  const text = path.endsWith('.json')
    ? `${JSON.stringify(saved, undefined, 1)}\n`
    : `${HEADING}${dump(saved, { noRefs: true, lineWidth: 120, skipInvalid: true })}`;
  writeFileSync(path, text);
}

async function readLive(path: string): Promise<CloudObjects> {
  const clock = new SystemClock();
  const door = new HttpDoor(readKubeconfig(path), { clock });
  const objects = await Promise.all(takenKinds.map((kind) => listAll(door, kind)));
  return { objects: objects.flat(), use: await readUse(door, clock), atMs: clock.now() };
}

/** Items of a list do not say what they are. A kind that a cloud does not know has none. */
async function listAll(door: Door, kind: KindDefinition): Promise<readonly KubeObject[]> {
  const { group, version, plural } = kind;
  try {
    const { items } = await door.list({ group, version, plural }, {});
    return (items as readonly KubeObject[]).map((item) => ({
      ...item,
      kind: kind.kind,
      apiVersion: apiVersionOf(kind),
    }));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** What machines use now; nothing is known where nobody measures it. */
async function readUse(door: Door, clock: SystemClock): Promise<NonNullable<CloudObjects['use']>> {
  const random = systemRandom();
  const client = new ApiClient(door, { clock, random, ids: new SeededIds(random), log: silentLog });
  try {
    return await new ApiMeter(client).read();
  } catch {
    return new Map();
  } finally {
    client.close();
  }
}
