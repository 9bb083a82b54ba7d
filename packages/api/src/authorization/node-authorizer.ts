import {
  fillRequestOf,
  type KubeObject,
  type PersistentVolume,
  type PolicyRule,
  type Reference,
  volumeHostLabel,
} from '@godwit/kinds';
import type { KindHub } from '../documents/kind-hub.ts';
import type { Attributes, Authorizer, Decision, ResourceAttributes } from './authorizer.ts';
import { ruleAllows } from './rules.ts';
import { nodeOfUser, type User } from './user.ts';

/** A kind whose objects run on nodes, and the field that says on which. */
export interface MachineHub {
  readonly hub: KindHub;
  readonly nodeField: string;
  /** The field that says to which it is on its way, where they can move. */
  readonly comingField?: string;
}

/** The fields by which a machine is a node's business. */
export const nodeFieldsOf = ({ nodeField, comingField }: MachineHub): readonly string[] =>
  comingField === undefined ? [nodeField] : [nodeField, comingField];

const reading = ['get', 'list', 'watch'];
const changing = ['update', 'patch'];

/** What every host must see of the cloud, and what admission checks more closely than a rule can. */
const nodeRules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['services', 'endpoints', 'nodes', 'namespaces'], verbs: reading },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: reading },
  { apiGroups: ['networking.k8s.io'], resources: ['ipaddresses'], verbs: reading },
  { apiGroups: ['godwit.dev'], resources: ['networks', 'elasticpolicies'], verbs: reading },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: reading },
  { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], verbs: reading },
  { apiGroups: [''], resources: ['events'], verbs: ['create', ...changing] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', ...changing] },
  { apiGroups: [''], resources: ['nodes'], verbs: ['create', ...changing] },
  { apiGroups: [''], resources: ['nodes/status'], verbs: changing },
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...reading, ...changing] },
  { apiGroups: [''], resources: ['persistentvolumes/status'], verbs: changing },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

/**
 * What a host may do: see what all hosts need, keep its own Node and Lease, and of machines and of what they
 * mention only those that are bound to it.
 */
export class NodeAuthorizer implements Authorizer {
  readonly #machines: readonly MachineHub[];
  readonly #volumes: KindHub | undefined;

  /** @param volumes PersistentVolumes: a host also needs what those on it are filled from */
  constructor(machines: readonly MachineHub[], volumes?: KindHub) {
    this.#machines = machines;
    this.#volumes = volumes;
  }

  decide(user: User, attributes: Attributes): Decision {
    const node = nodeOfUser(user);
    if (node === undefined || 'path' in attributes) return { allowed: false };
    const allowed = this.#allows(node, attributes);
    return allowed ? { allowed, reason: `node ${node} needs it` } : { allowed: false };
  }

  #allows(node: string, attributes: ResourceAttributes): boolean {
    const { group, resource, name, verb, namespace } = attributes;
    if (nodeRules.some((rule) => ruleAllows(rule, attributes))) return true;
    if (group === 'coordination.k8s.io' && resource === 'leases') {
      if (namespace !== 'kube-node-lease') return false;
      return verb === 'create' || name === node || attributes.fields?.get('metadata.name') === node;
    }
    const machine = this.#machines.find(({ hub }) => hub.kind.group === group && hub.kind.plural === resource);
    if (machine) return this.#allowsMachine(node, machine, attributes);
    if (resource === 'serviceaccounts' && attributes.subresource === 'token') {
      return verb === 'create' && this.#mentions(node, attributes);
    }
    return attributes.subresource === undefined && reading.includes(verb) && this.#mentions(node, attributes);
  }

  #allowsMachine(node: string, machine: MachineHub, attributes: ResourceAttributes): boolean {
    const { hub } = machine;
    const { verb, name, namespace, fields } = attributes;
    if ((verb === 'list' || verb === 'watch') && name === undefined) {
      return nodeFieldsOf(machine).some((field) => fields?.get(field) === node);
    }
    if (name === undefined) return false;
    const document = hub.cache.get(`${hub.prefix}${namespace ?? ''}/${name}`);
    if (!document) return false;
    const { selectableFields } = hub.kind;
    if (!nodeFieldsOf(machine).some((field) => selectableFields[field]?.(document.object) === node)) return false;
    const { subresource } = attributes;
    if (subresource === undefined) return [...reading, ...changing, 'delete'].includes(verb);
    return subresource === 'status' && [...reading, ...changing].includes(verb);
  }

  /** Whether a machine on the node mentions the object that is asked for. */
  #mentions(node: string, { group, resource, namespace, name, fields }: ResourceAttributes): boolean {
    const wanted = name ?? fields?.get('metadata.name');
    if (wanted === undefined) return false;
    for (const reference of this.#referencesOn(node)) {
      if (reference.plural !== resource || reference.group !== group || reference.name !== wanted) continue;
      if ((reference.namespace ?? '') === (namespace ?? '')) return true;
    }
    return false;
  }

  *#referencesOn(node: string): Iterable<Reference> {
    for (const machine of this.#machines) {
      const { hub } = machine;
      for (const field of nodeFieldsOf(machine)) {
        const read = hub.kind.selectableFields[field];
        if (!read) continue;
        for (const [, { object }] of hub.cache.by(field, node, read)) yield* hub.kind.references?.(object) ?? [];
      }
    }
    for (const [, { object }] of this.#volumes?.cache.by('host', node, hostOfVolume) ?? []) {
      yield* referencesOfVolume(object as unknown as PersistentVolume);
    }
  }
}

function hostOfVolume(object: KubeObject): string {
  return object.metadata.labels?.[volumeHostLabel] ?? '';
}

/** The claim of a volume, and what it takes to fill it. */
function* referencesOfVolume({ metadata, spec }: PersistentVolume): Iterable<Reference> {
  const { name, namespace } = spec?.claimRef ?? {};
  if (!name || !namespace) return;
  const within = (plural: string, wanted: string): Reference => ({ group: '', plural, namespace, name: wanted });
  yield within('persistentvolumeclaims', name);
  const fill = fillRequestOf(metadata.annotations);
  if (!fill) return;
  if ('secretName' in fill && fill.secretName) yield within('secrets', fill.secretName);
  if (fill.from !== 'http') return;
  for (const secret of fill.headerSecretNames ?? []) yield within('secrets', secret);
  if (fill.certificatesName) yield within('configmaps', fill.certificatesName);
}
