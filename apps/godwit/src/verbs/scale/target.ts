import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { type Address, builtInKinds, type KindDefinition, type KubeObject } from '@godwit/kinds';

/** Something that has a number of machines. */
export interface Target {
  readonly kind: KindDefinition;
  readonly address: Address;
  readonly object: KubeObject;
  readonly replicas: number;
}

const scalable = builtInKinds.filter(({ subresources }) => subresources.scale !== undefined);

/** `deployment/web`, in the plural or in short as kubectl takes it. Throws `bad-argument`. */
export function parseTarget(text: string): { readonly kind: KindDefinition; readonly name: string } {
  const [word = '', name = '', ...rest] = text.split('/');
  const wanted = word.toLowerCase();
  const kind = scalable.find(({ plural, singular, shortNames }) => [plural, singular, ...shortNames].includes(wanted));
  if (!kind || name === '' || rest.length > 0) {
    const known = scalable.map(({ singular }) => `${singular}/NAME`).join(', ');
    throw new Failure('bad-argument', `${text}: expected one of ${known}`);
  }
  return { kind, name };
}

export async function readTarget(client: ApiClient, text: string, namespace: string): Promise<Target> {
  const { kind, name } = parseTarget(text);
  const { group, version, plural } = kind;
  const address = { group, version, plural, namespace, name };
  const object = await client.door.get(address);
  const { spec } = object as { readonly spec?: { readonly replicas?: number } };
  return { kind, address, object, replicas: spec?.replicas ?? 1 };
}
