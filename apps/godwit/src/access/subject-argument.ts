import { Failure } from '@godwit/base';

/** A kind of thing about which something is decided. */
export interface SubjectKind {
  readonly kind: string;
  /** Where the API has those of a namespace, or all of them. */
  readonly path: (namespace: string) => string;
}

export interface Subject extends SubjectKind {
  readonly name: string;
}

const within =
  (group: string, plural: string): SubjectKind['path'] =>
  (namespace) =>
    `${group}/namespaces/${namespace}/${plural}/`;

const KINDS: readonly (SubjectKind & { readonly names: readonly string[] })[] = [
  {
    kind: 'VirtualMachine',
    names: ['vm', 'vms', 'virtualmachine', 'virtualmachines'],
    path: within('/apis/kubevirt.io/v1', 'virtualmachines'),
  },
  {
    kind: 'VirtualMachineInstance',
    names: ['vmi', 'vmis', 'virtualmachineinstance', 'virtualmachineinstances'],
    path: within('/apis/kubevirt.io/v1', 'virtualmachineinstances'),
  },
  { kind: 'Pod', names: ['pod', 'pods', 'po'], path: within('/api/v1', 'pods') },
  { kind: 'Node', names: ['node', 'nodes', 'no', 'host'], path: () => '/api/v1/nodes/' },
  {
    kind: 'BalancePolicy',
    names: ['balancepolicy', 'balancepolicies', 'bp'],
    path: () => '/apis/godwit.dev/v1alpha1/balancepolicies/',
  },
  {
    kind: 'Deployment',
    names: ['deployment', 'deployments', 'deploy'],
    path: within('/apis/apps/v1', 'deployments'),
  },
  { kind: 'ReplicaSet', names: ['replicaset', 'replicasets', 'rs'], path: within('/apis/apps/v1', 'replicasets') },
  {
    kind: 'VirtualMachineInstanceReplicaSet',
    names: ['vmirs', 'virtualmachineinstancereplicaset', 'virtualmachineinstancereplicasets'],
    path: within('/apis/kubevirt.io/v1', 'virtualmachineinstancereplicasets'),
  },
  {
    kind: 'VirtualMachinePool',
    names: ['vmpool', 'vmpools', 'virtualmachinepool', 'virtualmachinepools'],
    path: within('/apis/pool.kubevirt.io/v1beta1', 'virtualmachinepools'),
  },
];

/** `vm/x`, `pod/x`, `node/x`, `deployment/x` and others, or a bare name, which means a virtual machine. Throws `bad-argument`. */
export function parseSubject(text: string): Subject {
  const [first = '', second, ...rest] = text.split('/');
  const wanted = second === undefined ? 'vm' : first.toLowerCase();
  const found = KINDS.find(({ names }) => names.includes(wanted));
  const name = second ?? first;
  if (!found || name === '' || rest.length > 0) {
    const known = KINDS.map(({ names }) => `${names[0]}/NAME`).join(', ');
    throw new Failure('bad-argument', `${text}: expected one of ${known}`);
  }
  return { kind: found.kind, path: found.path, name };
}

/** The instance of a virtual machine, or one that stands for itself. */
export function instanceOf({ name }: Subject): Subject {
  return parseSubject(`vmi/${name}`);
}
