import { apiVersionOf, type KindDefinition, type KubeObject, type OwnerReference } from '@godwit/kinds';

/** The owner that manages `object`, if one does. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller);
}

/** The reference by which `owner` manages what it makes; foreground deletion of the owner waits for it. */
export function controllerReference(
  owner: KubeObject,
  kind: Pick<KindDefinition, 'group' | 'version' | 'kind'>,
): OwnerReference {
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Index: objects by the uid of their controller. */
export function controllerUid(object: KubeObject): readonly string[] {
  const uid = controllerOf(object)?.uid;
  return uid === undefined ? [] : [uid];
}

/** Index: objects that nobody manages, by namespace. */
export function orphanNamespace(object: KubeObject): readonly string[] {
  return controllerOf(object) ? [] : [object.metadata.namespace ?? ''];
}

export const BY_CONTROLLER = 'controller';
export const BY_ORPHANAGE = 'orphan';

/** The two indexes by which those who manage others find them. */
export const ownershipIndexes = { [BY_CONTROLLER]: controllerUid, [BY_ORPHANAGE]: orphanNamespace } as const;
