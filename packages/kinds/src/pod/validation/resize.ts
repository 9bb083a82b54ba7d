import { isDeepEqual } from '../../machinery/index.ts';
import { eachItem, type Faults } from '../../validation/index.ts';
import type { Container } from '../container.ts';
import { isSidecar, qosClassOf } from '../pod-resources.ts';
import type { PodSpec } from '../pod-spec.ts';

/** Resources that a container can be given more or less of while it runs. */
const RESIZABLE = new Set(['cpu', 'memory']);

/**
 * What a resize may not do, by Kubernetes' rules: change other resources than cpu and memory, take away a request or a
 * limit, change how firmly resources are set aside, or resize containers that run only at the start.
 */
export function validateResize(spec: PodSpec, old: PodSpec, faults: Faults): void {
  eachItem(spec.containers, 'spec.containers', (container, path) =>
    validateContainer(container, old.containers, path, faults),
  );
  eachItem(spec.initContainers, 'spec.initContainers', (container, path) => {
    const before = old.initContainers?.find(({ name }) => name === container.name);
    if (isSidecar(container)) validateContainer(container, old.initContainers ?? [], path, faults);
    else if (!isDeepEqual(container.resources ?? {}, before?.resources ?? {})) {
      faults.forbidden(`${path}.resources`, 'resources of an init container that ends cannot be changed');
    }
  });
  const [before, after] = [qosClassOf(old), qosClassOf(spec)];
  if (before !== after)
    faults.invalid('spec', after, `Pod QOS Class may not change as a result of resizing (${before})`);
}

function validateContainer(
  { name, resources = {} }: Container,
  before: readonly Container[],
  path: string,
  faults: Faults,
): void {
  const old = before.find((container) => container.name === name)?.resources ?? {};
  for (const field of ['requests', 'limits'] as const) {
    const [from = {}, to = {}] = [old[field], resources[field]];
    for (const resource of new Set([...Object.keys(from), ...Object.keys(to)])) {
      const at = `${path}.resources.${field}.${resource}`;
      if (!RESIZABLE.has(resource) && from[resource] !== to[resource]) {
        faults.forbidden(at, 'only cpu and memory resources are mutable');
      } else if (from[resource] !== undefined && to[resource] === undefined) {
        faults.forbidden(at, `resource ${field} cannot be removed`);
      }
    }
  }
}
