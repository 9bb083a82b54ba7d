import {
  type Container,
  compareQuantities,
  exactQuantity,
  type LimitRangeItem,
  limitsOfPod,
  type PersistentVolumeClaim,
  type Pod,
  type ResourceList,
  requestsOfPod,
} from '@godwit/kinds';

type Amounts = ResourceList | undefined;

/** What of a pod is out of bounds, in the words of kubectl. */
export function podFaults(pod: Pod, items: readonly LimitRangeItem[]): readonly string[] {
  const faults: string[] = [];
  const containers: readonly Container[] = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  for (const item of items) {
    if (item.type === 'Container') {
      for (const { resources } of containers) check(item, resources?.requests, resources?.limits, faults);
    } else if (item.type === 'Pod') check(item, requestsOfPod(pod.spec), limitsOfPod(pod.spec), faults);
  }
  return faults;
}

export function claimFaults(claim: PersistentVolumeClaim, items: readonly LimitRangeItem[]): readonly string[] {
  const faults: string[] = [];
  for (const item of items) {
    if (item.type !== 'PersistentVolumeClaim') continue;
    const requests = claim.spec?.resources?.requests;
    check(item, requests, requests, faults);
  }
  return faults;
}

function check(item: LimitRangeItem, requests: Amounts, limits: Amounts, faults: string[]): void {
  const { type } = item;
  for (const [name, least] of Object.entries(item.min ?? {})) {
    const request = requests?.[name];
    const limit = limits?.[name];
    const begin = `minimum ${name} usage per ${type} is ${least}`;
    if (request === undefined) faults.push(`${begin}.  No request is specified`);
    else if (compareQuantities(request, least) < 0) faults.push(`${begin}, but request is ${request}`);
    if (limit !== undefined && compareQuantities(limit, least) < 0) faults.push(`${begin}, but limit is ${limit}`);
  }
  for (const [name, most] of Object.entries(item.max ?? {})) {
    const request = requests?.[name];
    const limit = limits?.[name];
    const begin = `maximum ${name} usage per ${type} is ${most}`;
    if (limit === undefined) faults.push(`${begin}.  No limit is specified`);
    else if (compareQuantities(limit, most) > 0) faults.push(`${begin}, but limit is ${limit}`);
    if (request !== undefined && compareQuantities(request, most) > 0)
      faults.push(`${begin}, but request is ${request}`);
  }
  for (const [name, ratio] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const request = requests?.[name];
    const limit = limits?.[name];
    const begin = `${name} max limit to request ratio per ${type} is ${ratio}`;
    if (request === undefined || limit === undefined) faults.push(`${begin}, but no request or limit is specified`);
    else if (ratioOf(limit, request) > Number(exactQuantity(ratio).billionths) / 1e9) {
      faults.push(`${begin}, but provided ratio is ${ratioOf(limit, request).toFixed(6)}`);
    }
  }
}

function ratioOf(limit: string | number, request: string | number): number {
  return Number(exactQuantity(limit).billionths) / Number(exactQuantity(request).billionths);
}
