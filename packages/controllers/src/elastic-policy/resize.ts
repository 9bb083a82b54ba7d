import type { ApiClient } from '@godwit/client';
import {
  binaryQuantity,
  type Container,
  compareQuantities,
  decimalQuantity,
  type Pod,
  parseQuantity,
  pod,
  requestsOfPod,
  type Stored,
  type VirtualMachine,
  type VirtualMachinePool,
  virtualMachine,
  virtualMachinePool,
} from '@godwit/kinds';
import type { Scaled, Shape } from '@godwit/planner';
import { annotationsOfAction, type ScaleAction, type ScaleReason } from '../metrics-source/index.ts';

/** Sizes of one machine by resource: cores, bytes. */
export type Sizes = Readonly<Record<string, number>>;

const RESOURCES = ['cpu', 'memory'] as const;

/** As a quantity: cores to the thousandth, whole bytes in the largest unit that they fill. */
export function quantityOf(resource: string, amount: number): string {
  return resource === 'cpu' ? decimalQuantity(amount) : binaryQuantity(Math.round(amount));
}

/** Sizes of pods as they were read, which are asked for every other second. */
const knownSizes = new WeakMap<Pod, Sizes>();

/** What a pod requests. */
export function sizesOfPod(item: Pod): Sizes {
  let sizes = knownSizes.get(item);
  if (!sizes) {
    const requests = requestsOfPod(item.spec);
    sizes = present((resource) => parseQuantity(requests[resource]));
    knownSizes.set(item, sizes);
  }
  return sizes;
}

/** What the template of a virtual machine gives it. */
export function sizesOfMachine({ spec }: Pick<VirtualMachine, 'spec'>): Sizes {
  const { cpu = {}, memory } = spec.template.spec?.domain ?? {};
  const { sockets = 1, cores = 1, threads = 1 } = cpu;
  const bytes = parseQuantity(memory?.guest);
  return present((resource) => (resource === 'cpu' ? sockets * cores * threads : bytes));
}

function present(amountOf: (resource: (typeof RESOURCES)[number]) => number | undefined): Sizes {
  return Object.fromEntries(
    RESOURCES.flatMap((resource) => {
      const amount = amountOf(resource);
      return amount === undefined ? [] : [[resource, amount]];
    }),
  );
}

/**
 * Sets what a pod requests, where it runs. The first container, which a pod is about, takes the difference;
 * a limit that equals its request stays equal, one that is below is raised.
 */
export async function resizePod(client: ApiClient, item: Stored<Pod>, wanted: Sizes): Promise<boolean> {
  const now = sizesOfPod(item);
  const [first, ...others] = item.spec.containers;
  if (!first) return false;
  const requests: Record<string, string> = {};
  for (const [resource, amount] of Object.entries(wanted)) {
    const before = now[resource] ?? 0;
    if (Math.abs(before - amount) < 1e-6) continue;
    const own = parseQuantity(first.resources?.requests?.[resource] ?? first.resources?.limits?.[resource]) ?? 0;
    if (own + amount - before > 0) requests[resource] = quantityOf(resource, own + amount - before);
  }
  if (Object.keys(requests).length === 0) return false;
  const resources = {
    ...first.resources,
    requests: { ...first.resources?.requests, ...requests },
    ...(first.resources?.limits && { limits: { ...first.resources.limits, ...raised(first, requests) } }),
  };
  const { namespace, name } = item.metadata;
  const body = { spec: { containers: [{ ...first, resources }, ...others] } };
  await client
    .resource(pod)
    .patch({ ...(namespace && { namespace }), name }, { type: 'merge', body }, { subresource: 'resize' });
  return true;
}

function raised({ resources }: Container, requests: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(requests).flatMap(([resource, amount]) => {
      const limit = resources?.limits?.[resource];
      if (limit === undefined) return [];
      const before = resources?.requests?.[resource] ?? limit;
      const follows = compareQuantities(limit, before) === 0 || compareQuantities(limit, amount) < 0;
      return follows ? [[resource, amount]] : [];
    }),
  );
}

/** What of the template of a virtual machine changes so that it has these sizes; undefined when it has them. */
function resizedTemplate({ spec }: Pick<VirtualMachine, 'spec'>, wanted: Sizes): object | undefined {
  const now = sizesOfMachine({ spec });
  const { cores = 1, threads = 1 } = spec.template.spec?.domain.cpu ?? {};
  const changed = Object.entries(wanted).filter(([resource, amount]) => now[resource] !== amount);
  if (changed.length === 0) return undefined;
  const { cpu, memory } = Object.fromEntries(changed);
  const domain = {
    ...(cpu !== undefined && { cpu: { sockets: Math.max(1, Math.ceil(cpu / (cores * threads))) } }),
    ...(memory !== undefined && { memory: { guest: quantityOf('memory', memory) } }),
  };
  return { spec: { template: { spec: { domain } } } };
}

/** Sets sockets and memory in the template of a virtual machine, and the reason beside it: what runs follows. */
export async function resizeMachine(
  client: ApiClient,
  machine: Stored<VirtualMachine>,
  wanted: Sizes,
  reason: ScaleReason,
): Promise<boolean> {
  const template = resizedTemplate(machine, wanted);
  if (!template) return false;
  const annotations = annotationsOfAction(client, machine, reason, resizeOf(sizesOfMachine(machine), wanted));
  const body = { ...template, metadata: { annotations } };
  await client.resource(virtualMachine).patch(nameOf(machine), { type: 'merge', body });
  return true;
}

/**
 * Sets how many machines a pool has and how large they are, and the reason beside it: one write. Its machines get the
 * template from the pool, and those that run follow theirs. A pool restarts machines that would have to be smaller than
 * they started, so that they only grow unless it leaves restarts to others.
 */
export async function reshapePool(
  client: ApiClient,
  pool: Stored<VirtualMachinePool>,
  { replicas, sizes: wanted }: Shape,
  reason: ScaleReason,
): Promise<boolean> {
  const { replicas: before = 1, virtualMachineTemplate, updateStrategy } = pool.spec;
  const now = sizesOfMachine(virtualMachineTemplate);
  const sizes = updateStrategy?.opportunistic || updateStrategy?.unmanaged ? wanted : largerOf(now, wanted);
  const template = resizedTemplate(virtualMachineTemplate, sizes);
  if (replicas === before && !template) return false;
  const resize = resizeOf(now, sizes);
  const to = { machines: replicas, ...(template && resize.to) };
  const scale = { do: 'scale', to, in: { before, ...(template && resize.in) } } as const;
  const action = replicas === before ? resize : scale;
  const annotations = annotationsOfAction(client, pool, reason, action);
  const spec = { replicas, ...(template && { virtualMachineTemplate: template }) };
  await client
    .resource(virtualMachinePool)
    .patch(nameOf(pool), { type: 'merge', body: { metadata: { annotations }, spec } });
  return true;
}

const largerOf = (now: Sizes, wanted: Sizes): Sizes =>
  Object.fromEntries(
    Object.entries(wanted).map(([resource, amount]) => [resource, Math.max(amount, now[resource] ?? 0)]),
  );

/** What is recorded of another size. */
export function resizeOf(now: Sizes, wanted: Sizes): ScaleAction {
  const changed = Object.entries(wanted).filter(([resource, amount]) => now[resource] !== amount);
  const before = changed.map(([resource]) => [resource, now[resource] ?? 0] as const);
  return {
    do: 'resize',
    to: inBaseUnits(Object.fromEntries(changed)),
    in: { ...inBaseUnits(Object.fromEntries(before)) },
  };
}

/** As records have sizes: thousandths of a core, bytes. */
export function inBaseUnits({ cpu, memory }: Sizes): Pick<Scaled, 'cpu' | 'memory'> {
  return {
    ...(cpu !== undefined && { cpu: Math.round(cpu * 1000) }),
    ...(memory !== undefined && { memory: Math.round(memory) }),
  };
}

function nameOf({ metadata: { namespace, name } }: Stored<VirtualMachine> | Stored<VirtualMachinePool>) {
  return { ...(namespace && { namespace }), name };
}
