import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { type Address, builtInKinds, isNotFound, type KindDefinition, type KubeObject } from '@godwit/kinds';
import { parseKindArgument } from '../../access/kind-argument.ts';

/** Something that has a number of machines. */
export interface Target {
  /** `deployment/web`. */
  readonly title: string;
  readonly kind: KindDefinition;
  readonly address: Address;
  readonly object: KubeObject;
  readonly replicas: number;
}

/** A bare name means any of these. */
export const scalable = builtInKinds.filter(({ subresources }) => subresources.scale !== undefined);

/** Throws `bad-argument` when there is none of that name, or more than one. */
export async function readTarget(client: ApiClient, text: string, namespace: string): Promise<Target> {
  const { kinds, name } = parseKindArgument(text, scalable);
  const found = (await Promise.all(kinds.map((kind) => find(client, kind, namespace, name)))).filter(
    (one) => one !== undefined,
  );
  const [target, ...others] = found;
  if (!target)
    throw new Failure(
      'bad-argument',
      `there is no ${kinds.map(({ singular }) => singular).join(', no ')} ${name} in ${namespace}`,
    );
  if (others.length > 0) {
    throw new Failure('bad-argument', `${text}: say which of ${found.map(({ title }) => title).join(', ')}`);
  }
  return target;
}

async function find(
  client: ApiClient,
  kind: KindDefinition,
  namespace: string,
  name: string,
): Promise<Target | undefined> {
  const { group, version, plural } = kind;
  const address = { group, version, plural, namespace, name };
  try {
    const object = await client.door.get(address);
    const { spec } = object as { readonly spec?: { readonly replicas?: number } };
    return { title: `${kind.singular}/${name}`, kind, address, object, replicas: spec?.replicas ?? 1 };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
