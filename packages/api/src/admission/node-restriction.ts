import { isDeepEqual, type KubeObject, volumeHostLabel } from '@godwit/kinds';
import { nodeOfUser } from '../authorization/user.ts';
import type { Engine } from '../operations/engine.ts';
import { forbidden } from '../validation/index.ts';
import type { AdmissionRequest, Admitter } from './admitter.ts';

/** Labels that say what a node may be trusted with: it must not give them to itself. */
const RESERVED_LABELS = 'node-restriction.kubernetes.io/';

type Rule = (request: AdmissionRequest, node: string) => string | undefined;

/** By `group/plural`: what is wrong with a node's write, or undefined. */
const rules: Readonly<Record<string, Rule>> = {
  '/nodes': ({ address, object, old }, node) => {
    if (address.name !== node) return `node "${node}" is not allowed to modify node "${address.name}"`;
    const changed = reservedLabels(object).filter(
      (label) => object.metadata.labels?.[label] !== old?.metadata.labels?.[label],
    );
    return changed.length > 0 ? `is not allowed to set reserved labels: ${changed.join(', ')}` : undefined;
  },
  'coordination.k8s.io/leases': ({ address }, node) =>
    address.name === node && address.namespace === 'kube-node-lease'
      ? undefined
      : `node "${node}" may only write its own lease in kube-node-lease`,
  '/pods': keepsWhatIsWanted,
  'kubevirt.io/virtualmachineinstances': keepsWhatIsWanted,
  '/persistentvolumes': (request, node) => {
    const { object, old } = request;
    const isOwn = [object, old].every((each) => !each || each.metadata.labels?.[volumeHostLabel] === node);
    return isOwn ? keepsWhatIsWanted(request, node) : `node "${node}" may only write volumes that are on it`;
  },
};

function reservedLabels(object: Pick<KubeObject, 'metadata'>): readonly string[] {
  return Object.keys(object.metadata.labels ?? {}).filter((label) => label.startsWith(RESERVED_LABELS));
}

function keepsWhatIsWanted({ operation, object, old, kind }: AdmissionRequest, node: string): string | undefined {
  if (operation !== 'update' || !old) return undefined;
  const before = old as { spec?: unknown };
  const after = object as { spec?: unknown };
  if (!isDeepEqual(before.spec, after.spec)) return `node "${node}" may not change the spec of ${kind.plural}`;
  if (!isDeepEqual(old.metadata.labels, object.metadata.labels)) {
    return `node "${node}" may not change the labels of ${kind.plural}`;
  }
  return undefined;
}

/** A host writes only its own Node and Lease, and of what is bound to it how that stands. */
export async function nodeRestriction(_engine: Engine): Promise<Admitter> {
  return {
    name: 'node-restriction',
    admit(request) {
      const node = nodeOfUser(request.user);
      if (node === undefined) return;
      const { kind, address } = request;
      const wrong = rules[`${kind.group}/${kind.plural}`]?.(request, node);
      if (wrong !== undefined) throw forbidden(kind, address.name ?? '', wrong);
    },
  };
}
