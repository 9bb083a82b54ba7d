import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import {
  type ElasticPolicy,
  type ElasticPolicySpec,
  isPodReady,
  type Pod,
  parseQuantity,
  pod,
  type Stored,
  virtualMachine,
  virtualMachinePool,
} from '@godwit/kinds';
import type { Shape } from '@godwit/planner';
import {
  kindOfTarget,
  type MachinesOfTarget,
  type ObservedMachines,
  readScale,
  recordAction,
  type ScaleReason,
  writeScale,
} from '../metrics-source/index.ts';
import {
  quantityOf,
  reshapePool,
  resizeMachine,
  resizeOf,
  resizePod,
  type Sizes,
  sizesOfMachine,
  sizesOfPod,
} from './resize.ts';

/** What is scaled. */
export interface ElasticTarget {
  readonly machines: ObservedMachines;
  /** As it is meant to be now. */
  readonly shape: Shape;
  readonly present: number;
  readonly ready: number;
  /** Makes it so; answers whether anything had to be changed. */
  apply(shape: Shape, reason: ScaleReason): Promise<boolean>;
}

/** Reads the target of a policy. Throws when it cannot be scaled as the policy says. */
export function readTarget(
  client: ApiClient,
  machines: MachinesOfTarget,
  policy: Stored<ElasticPolicy>,
): Promise<ElasticTarget> {
  const { targetRef } = policy.spec;
  const { kind } = kindOfTarget(targetRef);
  if (kind === virtualMachine.kind) return oneVirtualMachine(client, machines, policy);
  if (kind === pod.kind) return onePod(client, machines, policy);
  return kind === virtualMachinePool.kind
    ? aPool(client, machines, policy)
    : aNumberOfMachines(client, machines, policy);
}

async function oneVirtualMachine(
  client: ApiClient,
  machines: MachinesOfTarget,
  { metadata: { namespace = '' }, spec: { targetRef } }: Stored<ElasticPolicy>,
): Promise<ElasticTarget> {
  const machine = await client.resource(virtualMachine).get({ namespace, name: targetRef.name });
  const observed = machines.named('VirtualMachineInstance', namespace, targetRef.name);
  return {
    machines: observed,
    shape: { replicas: 1, sizes: sizesOfMachine(machine) },
    present: observed.instances.length,
    ready: readyOf(observed),
    apply: ({ sizes }, reason) => resizeMachine(client, machine, sizes, reason),
  };
}

async function onePod(
  client: ApiClient,
  machines: MachinesOfTarget,
  { metadata: { namespace = '' }, spec: { targetRef, up } }: Stored<ElasticPolicy>,
): Promise<ElasticTarget> {
  const item = await client.resource(pod).get({ namespace, name: targetRef.name });
  if (up) mustAskForSomething(item, targetRef, up);
  const observed = machines.named('Pod', namespace, targetRef.name);
  return {
    machines: observed,
    shape: { replicas: 1, sizes: sizesOfPod(item) },
    present: 1,
    ready: readyOf(observed),
    apply: async ({ sizes }, reason) => {
      const resized = await resizePod(client, item, sizes);
      const address = { group: '', version: 'v1', plural: 'pods', namespace, name: targetRef.name };
      if (resized) await recordAction(client, address, reason, resizeOf(sizesOfPod(item), sizes));
      return resized;
    },
  };
}

/** The template of a pool says how large all of its machines are. */
async function aPool(
  client: ApiClient,
  machines: MachinesOfTarget,
  { metadata: { namespace = '' }, spec: { targetRef, up } }: Stored<ElasticPolicy>,
): Promise<ElasticTarget> {
  const [scale, pool] = await Promise.all([
    readScale(client, targetRef, namespace),
    client.resource(virtualMachinePool).get({ namespace, name: targetRef.name }),
  ]);
  const observed = machines.find({ kind: scale.machines, namespace, selector: scale.selector });
  return {
    machines: observed,
    shape: { replicas: scale.wanted, sizes: sizesOfMachine(pool.spec.virtualMachineTemplate) },
    present: scale.present,
    ready: readyOf(observed),
    apply: ({ replicas, sizes }, reason) => reshapePool(client, pool, { replicas, sizes: up ? sizes : {} }, reason),
  };
}

async function aNumberOfMachines(
  client: ApiClient,
  machines: MachinesOfTarget,
  { metadata: { namespace = '', name }, spec: { targetRef, up }, status }: Stored<ElasticPolicy>,
): Promise<ElasticTarget> {
  const scale = await readScale(client, targetRef, namespace);
  if (up && scale.machines !== 'Pod') {
    throw new Failure(
      'not-resizable',
      `${name}: of instances without VirtualMachines only the number can change: leave out spec.up`,
    );
  }
  const observed = machines.find({ kind: scale.machines, namespace, selector: scale.selector });
  const living = observed.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (up) for (const item of living) mustAskForSomething(item, targetRef, up);
  const shape = { replicas: scale.wanted, sizes: largest(living.map(sizesOfPod), up && status?.desiredSizes) };
  return {
    machines: observed,
    shape,
    present: scale.present,
    ready: readyOf(observed),
    apply: async ({ replicas, sizes }, reason) => {
      const more = replicas !== scale.wanted;
      if (more) await writeScale(client, scale, replicas, reason);
      let resized = false;
      // New pods come as large as their template says, so that each is looked at each time.
      if (up) for (const item of living) resized = (await resizePod(client, item, sizes)) || resized;
      // That one comes as large as the others are was decided already.
      if (resized && differ(shape.sizes, sizes)) {
        const { subresource: _, ...whole } = scale.address;
        await recordAction(client, whole, reason, resizeOf(shape.sizes, sizes));
      }
      return more || resized;
    },
  };
}

/**
 * A pod that asks for nothing at all (QoS class BestEffort) can be given nothing while it runs: that class stays as it is.
 * @throws Failure `not-resizable`
 */
function mustAskForSomething(
  item: Stored<Pod>,
  { kind, name }: ElasticPolicySpec['targetRef'],
  up: NonNullable<ElasticPolicySpec['up']>,
): void {
  if (Object.keys(sizesOfPod(item)).length > 0) return;
  const sizes = Object.entries(up).map(([resource, given]) => {
    const least = parseQuantity(given?.minimum ?? given?.step ?? given?.maximum) ?? 0;
    return `${resource}: ${quantityOf(resource, least)}`;
  });
  const isOne = kind === pod.kind;
  const who = isOne ? `${kind} ${name} asks` : `the pods of ${kind} ${name} ask`;
  const where = isOne ? 'its first container' : 'the first container of its template';
  const how = `give ${where} resources: {requests: {${sizes.join(', ')}}}`;
  throw new Failure(
    'not-resizable',
    `${who} for nothing, and cannot be resized while ${isOne ? 'it runs' : 'they run'}: ${how}`,
  );
}

/** As large as was decided last; before the first decision, as the largest machine is. */
function largest(sizes: readonly Sizes[], decided: Readonly<Record<string, string | number>> | undefined): Sizes {
  const result: Record<string, number> = {};
  for (const one of sizes) {
    for (const [resource, amount] of Object.entries(one)) result[resource] = Math.max(result[resource] ?? 0, amount);
  }
  for (const [resource, quantity] of Object.entries(decided ?? {})) {
    const amount = parseQuantity(quantity);
    if (amount !== undefined) result[resource] = amount;
  }
  return result;
}

function differ(now: Sizes, wanted: Sizes): boolean {
  return Object.entries(wanted).some(([resource, amount]) => now[resource] !== amount);
}

function readyOf({ pods, instances }: ObservedMachines): number {
  return pods.filter(isPodReady).length + instances.filter(({ state }) => state === 'ready').length;
}
