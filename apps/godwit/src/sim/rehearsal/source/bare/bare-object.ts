import type {
  DataVolume,
  Deployment,
  KubeObject,
  Node,
  Pod,
  ReplicaSet,
  ServiceAccount,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineInstanceReplicaSet,
  VirtualMachinePool,
} from '@godwit/kinds';
import { bareDataVolumeSpec, bareInstanceSpec, bareInstanceStatus, bareMachineSpec } from './bare-instance.ts';
import { bareMeta, bareMetadata } from './bare-metadata.ts';
import { barePodSpec, barePodStatus } from './bare-pod.ts';
import { keep } from './keep.ts';

type Bare<T extends KubeObject> = (object: T) => object;
/** A function of one kind, as the table of all kinds holds it. */
const of = <T extends KubeObject>(bare: Bare<T>): Bare<KubeObject> => bare as unknown as Bare<KubeObject>;

const podTemplated = of<Deployment | ReplicaSet>((object) => {
  const { template } = object.spec;
  return { ...object, spec: { ...object.spec, ...(template && { template: barePodTemplate(template) }) } };
});

/** What is left of objects whose kinds say more than a rehearsal may know; all other kinds are kept as they are. */
const BY_KIND: Readonly<Record<string, Bare<KubeObject>>> = {
  Node: of<Node>((object) => ({
    ...object,
    status: keep(object.status ?? {}, ['capacity', 'allocatable', 'conditions', 'images']),
  })),
  Pod: of<Pod>((object) => ({
    ...object,
    spec: barePodSpec(object.spec),
    ...(object.status && { status: barePodStatus(object.status) }),
  })),
  VirtualMachineInstance: of<VirtualMachineInstance>((object) => ({
    ...object,
    spec: bareInstanceSpec(object.spec),
    ...(object.status && { status: bareInstanceStatus(object.status) }),
  })),
  Deployment: podTemplated,
  ReplicaSet: podTemplated,
  VirtualMachine: of<VirtualMachine>((object) => ({
    ...object,
    spec: bareMachineSpec(object.spec),
  })),
  VirtualMachinePool: of<VirtualMachinePool>((object) => {
    const { virtualMachineTemplate: template } = object.spec;
    return {
      ...object,
      spec: {
        ...object.spec,
        virtualMachineTemplate: { ...template, ...bareMeta(template), spec: bareMachineSpec(template.spec) },
      },
    };
  }),
  VirtualMachineInstanceReplicaSet: of<VirtualMachineInstanceReplicaSet>((object) => {
    const { template } = object.spec;
    return {
      ...object,
      spec: {
        ...object.spec,
        template: { ...template, ...bareMeta(template), spec: bareInstanceSpec(template.spec as never) },
      },
    };
  }),
  DataVolume: of<DataVolume>((object) => ({ ...object, spec: bareDataVolumeSpec(object.spec) })),
  ServiceAccount: of<ServiceAccount>((object) => keep(object, ['apiVersion', 'kind', 'metadata'])),
};

type PodTemplate = NonNullable<Deployment['spec']['template']>;

function barePodTemplate(template: PodTemplate): PodTemplate {
  return { ...template, ...bareMeta(template), ...(template.spec && { spec: barePodSpec(template.spec) }) };
}

/**
 * The object as a rehearsal needs it: what decides where machines are, how many there are and what may become of them.
 * Without environments, commands, probes' words, files and addresses, and so without secrets.
 */
export function bareObject(object: KubeObject): KubeObject {
  const whole = { ...object, metadata: bareMetadata(object.metadata) };
  const bare = (BY_KIND[object.kind]?.(whole) ?? whole) as Conditioned;
  return withoutCredentials(withoutMessages(bare));
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly message?: string }[] };
}

/** Conditions say in words what went wrong, addresses and all; why a machine has no host is asked for here. */
function withoutMessages(object: Conditioned): Conditioned {
  const { conditions } = object.status ?? {};
  if (!conditions?.some(({ message }) => message)) return object;
  const silent = conditions.map((each) =>
    each.message && each.type !== 'PodScheduled' ? { ...each, message: '' } : each,
  );
  return { ...object, status: { ...object.status, conditions: silent } };
}

const CREDENTIALS = /(:\/\/)[^/\s"@]*@/g;

/** Addresses, such as those of metrics, may hold a name and a password. */
function withoutCredentials(object: KubeObject): KubeObject {
  const text = JSON.stringify(object);
  const told = text.replaceAll(CREDENTIALS, '$1');
  return told === text ? object : (JSON.parse(told) as KubeObject);
}
