import {
  apiVersionOf,
  type Draft,
  type KindDefinition,
  type KubeObject,
  namespace,
  type Pod,
  persistentVolumeClaim,
  priorityClass,
  serviceAccount,
} from '@godwit/kinds';
import { isMachine, isPod, type Machine } from './machines.ts';

/** An object as the API would have made it. */
export function made<T extends KubeObject>(
  kind: KindDefinition<T>,
  metadata: KubeObject['metadata'],
  body: object,
): KubeObject {
  const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { ...metadata, generation: 1 }, ...body };
  const draft = structuredClone(object) as unknown as Draft<T>;
  kind.defaults?.(draft);
  return draft as unknown as KubeObject;
}

/**
 * What objects name and is not among them, so that machines like these can be made again: namespaces, priority classes,
 * and accounts where none were listed at all.
 */
export function missingObjects(objects: readonly KubeObject[]): readonly KubeObject[] {
  const has = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`));
  const wanted = new Map<string, KubeObject>();
  const want = (object: KubeObject): void => {
    const key = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (!has.has(key)) wanted.set(key, object);
  };
  const noAccounts = !objects.some(({ kind }) => kind === serviceAccount.kind);
  for (const object of objects) {
    const space = object.metadata.namespace;
    if (space !== undefined) want(made(namespace, { name: space, uid: `namespace-${space}` }, { spec: {} }));
    if (!isMachine(object)) continue;
    const { priorityClassName: name } = object.spec;
    // Only pods say what their class is worth.
    const value = isPod(object) ? (object.spec.priority ?? 0) : 0;
    if (name && (isPod(object) || !wanted.has(`${priorityClass.kind}//${name}`)))
      want(made(priorityClass, { name, uid: `priority-${name}` }, { value }));
    if (!isPod(object)) continue;
    const { serviceAccountName } = object.spec;
    if (noAccounts && space !== undefined && serviceAccountName)
      want(made(serviceAccount, accountOf(space, serviceAccountName), {}));
  }
  return [...wanted.values()];
}

const accountOf = (space: string, name: string) => ({ namespace: space, name, uid: `account-${space}-${name}` });

/** Where no claims were listed, machines do without theirs: nobody would ever bind them. */
export function withoutUnknownClaims(objects: readonly KubeObject[]): readonly KubeObject[] {
  if (objects.some(({ kind }) => kind === persistentVolumeClaim.kind)) return objects;
  return objects.map((object) => (isMachine(object) ? withoutClaims(object) : object));
}

function withoutClaims(machine: Machine): KubeObject {
  if (isPod(machine)) return { ...machine, spec: podWithoutClaims(machine.spec) } as Pod;
  const { volumes = [], ...spec } = machine.spec;
  const kept = volumes.filter(
    ({ persistentVolumeClaim: claim, dataVolume, ephemeral }) => !(claim ?? dataVolume ?? ephemeral),
  );
  const names = new Set(kept.map(({ name }) => name));
  const disks = spec.domain.devices.disks?.filter(({ name }) => names.has(name));
  const devices = { ...spec.domain.devices, ...(disks && { disks }) };
  return { ...machine, spec: { ...spec, volumes: kept, domain: { ...spec.domain, devices } } } as KubeObject;
}

/** Of a pod, as it is listed here, nothing else is mounted than claims. */
function podWithoutClaims(whole: Pod['spec']): Pod['spec'] {
  const { volumes: _, ...spec } = whole;
  const containers = spec.containers.map(({ volumeMounts: __, volumeDevices: ___, ...container }) => container);
  return { ...spec, containers };
}
