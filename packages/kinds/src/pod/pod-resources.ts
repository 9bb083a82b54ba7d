import { addQuantities, compareQuantities, isQuantity } from '../exact-quantity.ts';
import type { ResourceList } from '../shared/resource-list.ts';
import type { Container } from './container.ts';
import type { PodSpec } from './pod-spec.ts';

/** What a pod asks for as a whole, and how firmly. Quantities that are none count as nothing. */
export type ResourceTotals = Readonly<Record<string, string>>;

function sum(a: ResourceList, b: ResourceList | undefined): ResourceTotals {
  const total = { ...a } as Record<string, string>;
  for (const [name, amount] of Object.entries(b ?? {})) {
    if (isQuantity(amount)) total[name] = addQuantities(total[name] ?? 0, amount);
  }
  return total;
}

function largest(a: ResourceList, b: ResourceList): ResourceTotals {
  const result = { ...a } as Record<string, string>;
  for (const [name, amount] of Object.entries(b)) {
    const known = result[name];
    if (known === undefined || compareQuantities(amount, known) > 0) result[name] = String(amount);
  }
  return result;
}

/** A sidecar: an init container that keeps running beside the others. */
export function isSidecar(container: Pick<Container, 'restartPolicy'>): boolean {
  return container.restartPolicy === 'Always';
}

function total(spec: PodSpec, of: (container: Container) => ResourceList | undefined): ResourceTotals {
  let running: ResourceTotals = {};
  for (const container of spec.containers) running = sum(running, of(container));
  let sidecars: ResourceTotals = {};
  let starting: ResourceTotals = {};
  for (const container of spec.initContainers ?? []) {
    // An init container runs alone but for the sidecars that were started before it.
    if (isSidecar(container)) sidecars = sum(sidecars, of(container));
    starting = largest(starting, isSidecar(container) ? sidecars : sum(sidecars, of(container)));
  }
  return largest(sum(running, sidecars), starting);
}

/** What must be set aside for the pod: the larger of its start and its run, and the runtime's overhead. */
export function requestsOfPod(spec: PodSpec): ResourceTotals {
  const containers = total(spec, (container) => ({ ...container.resources?.limits, ...container.resources?.requests }));
  const pod = { ...containers, ...spec.resources?.limits, ...spec.resources?.requests } as ResourceTotals;
  return sum(pod, spec.overhead);
}

/** What the pod may use at most, as far as its containers have limits. */
export function limitsOfPod(spec: PodSpec): ResourceTotals {
  const containers = total(spec, (container) => container.resources?.limits);
  return sum({ ...containers, ...spec.resources?.limits } as ResourceTotals, spec.overhead);
}

/** How firmly resources are set aside: all limits equal to requests, some, or none. */
export function qosClassOf(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const names = ['cpu', 'memory'];
  const asks = containers.some(({ resources }) =>
    [resources?.requests, resources?.limits].some((list) => names.some((name) => Number(list?.[name] ?? 0) !== 0)),
  );
  if (!asks) return 'BestEffort';
  const firm = containers.every(({ resources }) =>
    names.every((name) => {
      const limit = resources?.limits?.[name];
      const request = resources?.requests?.[name] ?? limit;
      return (
        limit !== undefined &&
        request !== undefined &&
        isQuantity(limit) &&
        isQuantity(request) &&
        compareQuantities(limit, request) === 0
      );
    }),
  );
  return firm ? 'Guaranteed' : 'Burstable';
}
