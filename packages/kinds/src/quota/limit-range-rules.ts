import { addQuantities, compareQuantities, exactQuantity, isQuantity } from '../exact-quantity.ts';
import type { LimitRange, LimitRangeItem } from '../limit-range.ts';
import type { Draft } from '../machinery/index.ts';
import type { Container } from '../pod/container.ts';
import type { Pod } from '../pod/pod-body.ts';
import type { ResourceList } from '../shared/resource-list.ts';
import type { PersistentVolumeClaim } from '../storage/persistent-volume-claim.ts';

/** Bounds as they apply: a limit also is the default limit, and a default limit the default request. */
function completed(item: LimitRangeItem): Required<Pick<LimitRangeItem, 'default' | 'defaultRequest'>> {
  const limits = { ...item.max, ...item.default };
  return { default: limits, defaultRequest: { ...limits, ...item.min, ...item.default, ...item.defaultRequest } };
}

const itemsOf = (ranges: readonly LimitRange[], type: string): readonly LimitRangeItem[] =>
  ranges.flatMap(({ spec }) => spec?.limits ?? []).filter((item) => item.type === type);

/** Fills requests and limits of containers that have none. */
export function applyLimitRanges(pod: Draft<Pod>, ranges: readonly LimitRange[]): void {
  for (const item of itemsOf(ranges, 'Container')) {
    const { default: limits, defaultRequest } = completed(item);
    for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
      const own = { ...container.resources };
      own.limits = { ...limits, ...own.limits };
      own.requests = { ...defaultRequest, ...own.limits, ...pickKnown(defaultRequest, container), ...own.requests };
      container.resources = own;
    }
  }
}

/** Default requests where the container itself has no limit: its own limit would be the better request. */
function pickKnown(defaults: ResourceList, { resources }: Pick<Draft<Container>, 'resources'>): ResourceList {
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => resources?.limits?.[name] === undefined));
}

interface Amounts {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

function checkItem(item: LimitRangeItem, { requests, limits }: Amounts, what: string): readonly string[] {
  const faults: string[] = [];
  for (const [name, min] of Object.entries(item.min ?? {})) {
    const request = requests[name] ?? limits[name];
    if (request === undefined) faults.push(`minimum ${name} usage per ${what} is ${min}, but no request is specified`);
    else if (compareQuantities(request, min) < 0)
      faults.push(`minimum ${name} usage per ${what} is ${min}, but request is ${request}`);
  }
  for (const [name, max] of Object.entries(item.max ?? {})) {
    const limit = limits[name] ?? (what === 'PersistentVolumeClaim' ? requests[name] : undefined);
    if (limit === undefined) faults.push(`maximum ${name} usage per ${what} is ${max}, but no limit is specified`);
    else if (compareQuantities(limit, max) > 0)
      faults.push(`maximum ${name} usage per ${what} is ${max}, but limit is ${limit}`);
  }
  for (const [name, ratio] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const limit = limits[name];
    const request = requests[name];
    if (limit === undefined || request === undefined || compareQuantities(request, 0) === 0) {
      faults.push(`${name} max limit to request ratio per ${what} is ${ratio}, but no request or limit is specified`);
    } else {
      const scaled = exactQuantity(request).billionths * exactQuantity(ratio).billionths;
      if (exactQuantity(limit).billionths * 1_000_000_000n > scaled) {
        faults.push(`${name} max limit to request ratio per ${what} is ${ratio}, but it is greater than that`);
      }
    }
  }
  return faults;
}

function amountsOf(containers: readonly Container[]): Amounts {
  const requests: Record<string, string> = {};
  const limits: Record<string, string> = {};
  for (const { resources } of containers) {
    for (const [total, part] of [
      [requests, resources?.requests],
      [limits, resources?.limits],
    ] as const) {
      for (const [name, amount] of Object.entries(part ?? {})) {
        if (isQuantity(amount)) total[name] = addQuantities(total[name] ?? 0, amount);
      }
    }
  }
  return { requests, limits };
}

/** What the ranges forbid in this pod, in words; nothing when it is within bounds. */
export function limitRangeFaults(pod: Pod, ranges: readonly LimitRange[]): readonly string[] {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const each = itemsOf(ranges, 'Container').flatMap((item) =>
    containers.flatMap((container) => checkItem(item, amountsOf([container]), 'Container')),
  );
  const whole = itemsOf(ranges, 'Pod').flatMap((item) => checkItem(item, amountsOf(pod.spec.containers), 'Pod'));
  return [...each, ...whole];
}

/** What the ranges forbid in this claim, in words. */
export function claimRangeFaults(claim: PersistentVolumeClaim, ranges: readonly LimitRange[]): readonly string[] {
  const requests = claim.spec.resources?.requests ?? {};
  return itemsOf(ranges, 'PersistentVolumeClaim').flatMap((item) =>
    checkItem(item, { requests, limits: claim.spec.resources?.limits ?? {} }, 'PersistentVolumeClaim'),
  );
}
