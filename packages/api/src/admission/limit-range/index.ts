import type { Container, Draft, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '@godwit/kinds';
import type { Engine } from '../../operations/engine.ts';
import { forbidden } from '../../validation/index.ts';
import type { AdmissionRequest, Admitter } from '../admitter.ts';
import type { LiveHub } from '../index.ts';
import { claimFaults, podFaults } from './limit-faults.ts';

/** Fills and bounds the resources of machines as the LimitRanges of their namespace say. */
export async function limitRanges(_engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  const hub = await live('', 'v1', 'limitranges');
  if (!hub) return undefined;
  return {
    name: 'limit-ranges',
    admit(request) {
      const { operation, kind, address } = request;
      const { subresource } = address;
      const isPod = kind.plural === 'pods' && operation === 'create' && subresource === undefined;
      // What a pod was made with stays as it was: a resize is bounded, and not filled.
      const isResize = kind.plural === 'pods' && subresource === 'resize';
      const isClaim = kind.plural === 'persistentvolumeclaims' && operation !== 'delete' && subresource === undefined;
      if (kind.group !== '' || (!isPod && !isResize && !isClaim)) return;
      const ranges = hub.cache.range(`${hub.prefix}${address.namespace}/`);
      if (ranges.length === 0) return;
      const items = ranges.flatMap(({ object }) => (object as unknown as LimitRange).spec?.limits ?? []);
      const faults = isClaim
        ? claimFaults(request.object as unknown as PersistentVolumeClaim, items)
        : isPod
          ? boundPod(request, items)
          : podFaults(request.object as unknown as Pod, items);
      if (faults.length > 0) throw forbidden(kind, request.object.metadata.name ?? '', faultsText(faults));
    },
  };
}

function faultsText(faults: readonly string[]): string {
  return faults.length === 1 ? (faults[0] as string) : `[${faults.join(', ')}]`;
}

function boundPod({ kind, object }: AdmissionRequest, items: readonly LimitRangeItem[]): readonly string[] {
  const pod = object as unknown as Draft<Pod>;
  const { spec } = pod;
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) fillContainer(container, items);
  // What the defaults derive from resources is derived again from the filled ones.
  if (pod.status) delete pod.status.qosClass;
  kind.defaults?.(object);
  return podFaults(pod, items);
}

function fillContainer(container: Draft<Container>, items: readonly LimitRangeItem[]): void {
  for (const item of items) {
    if (item.type !== 'Container') continue;
    const resources = { ...container.resources };
    const ownLimits = resources.limits ?? {};
    resources.limits = { ...limitsOf(item), ...ownLimits };
    // A limit that the container says itself is also its request, before any default.
    resources.requests = { ...requestsOf(item), ...ownLimits, ...resources.requests };
    container.resources = resources;
  }
}

function limitsOf(item: LimitRangeItem): Record<string, string | number> {
  return { ...item.max, ...item.default };
}

/** Where a range gives no default request, its default limit is one, and then its least. */
function requestsOf(item: LimitRangeItem): Record<string, string | number> {
  return { ...item.max, ...item.min, ...item.default, ...item.defaultRequest };
}
