import type { ControllerRevision } from '../../apps/controller-revision.ts';
import type { KubeObject, ObjectMeta } from '../../machinery/index.ts';
import type { InstancetypeSpec } from './instancetype-spec.ts';
import { matchedKind, type TypeMatcher, type TypeRole } from './matcher.ts';
import type { PreferenceSpec } from './preference-spec.ts';

/**
 * The copy of an instancetype or preference that a machine keeps, so that the machine stays what it is when the
 * type changes later: a ControllerRevision that belongs to the machine, in the form that KubeVirt gives it.
 */

const LABEL = 'instancetype.kubevirt.io/object-';

/** An instancetype or a preference as it is stored. */
export type StoredType = KubeObject & { readonly spec: InstancetypeSpec | PreferenceSpec };
type Owner = { readonly metadata: ObjectMeta };

export function revisionOfType(machine: Owner, type: StoredType): Omit<ControllerRevision, 'apiVersion' | 'kind'> {
  const { name: typeName = '', namespace, uid = '', generation = 1, creationTimestamp } = type.metadata;
  const version = type.apiVersion.split('/').at(-1) ?? '';
  const { name = '', uid: owner = '' } = machine.metadata;
  const metadata = { name: typeName, ...(namespace && { namespace }), uid, generation, creationTimestamp };
  return {
    metadata: {
      name: `${name}-${typeName}-${version}-${uid}-${generation}`,
      namespace: machine.metadata.namespace ?? '',
      labels: {
        [`${LABEL}generation`]: String(generation),
        [`${LABEL}kind`]: type.kind,
        [`${LABEL}name`]: typeName,
        [`${LABEL}uid`]: uid,
        [`${LABEL}version`]: version,
      },
      ownerReferences: [
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachine',
          name,
          uid: owner,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    data: { apiVersion: type.apiVersion, kind: type.kind, metadata, spec: type.spec },
    revision: 0,
  };
}

/** What a revision keeps, when it is a type of that role; undefined for revisions of anything else. */
export function typeOfRevision(role: TypeRole, revision: ControllerRevision): StoredType | undefined {
  const data = revision.data as Partial<StoredType> | undefined;
  const kind = data?.kind ? matchedKind(role, data.kind) : undefined;
  return kind && data?.spec ? (data as StoredType) : undefined;
}

/** Whether a revision that the machine's status names is still of the type that its spec names. */
export function isRevisionOf(revision: ControllerRevision, role: TypeRole, matcher: TypeMatcher): boolean {
  const { labels } = revision.metadata;
  const kind = matchedKind(role, matcher.kind)?.kind;
  return labels?.[`${LABEL}name`] === matcher.name && labels?.[`${LABEL}kind`] === kind;
}
