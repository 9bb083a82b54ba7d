import { type Endpoint, type EndpointPort, type EndpointSlice, isDeepEqual, type Stored } from '@godwit/kinds';
import { type EndpointGroup, portsKey } from './endpoint-groups.ts';

/** Most endpoints in one slice: large services stay cheap to watch, small ones are one object. */
export const SLICE_LIMIT = 100;

export interface SliceContent {
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly EndpointPort[];
}

export interface SlicePlan {
  readonly create: readonly SliceContent[];
  readonly update: readonly { readonly slice: Stored<EndpointSlice>; readonly content: SliceContent }[];
  readonly remove: readonly Stored<EndpointSlice>[];
}

/** What tells one endpoint from another. */
function identity({ targetRef, addresses }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses.join(',')}`;
}

/**
 * Puts a group's endpoints into its slices: each stays where it is, new ones fill gaps, what is left goes
 * into new slices. So a change of one machine changes one slice.
 */
function fill(group: EndpointGroup, slices: readonly Stored<EndpointSlice>[]): readonly (readonly Endpoint[])[] {
  const left = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const contents: Endpoint[][] = slices.map(({ endpoints }) => {
    const kept: Endpoint[] = [];
    for (const old of endpoints ?? []) {
      const now = left.get(identity(old));
      if (!now || kept.length >= SLICE_LIMIT) continue;
      kept.push(now);
      left.delete(identity(old));
    }
    return kept;
  });
  const rest = [...left.values()];
  for (const content of contents) content.push(...rest.splice(0, SLICE_LIMIT - content.length));
  while (rest.length > 0) contents.push(rest.splice(0, SLICE_LIMIT));
  return contents;
}

/**
 * What to do so that the slices hold exactly these groups. A service that nobody answers for keeps one
 * empty slice, to show that it was looked at. Pure.
 */
export function planSlices(groups: readonly EndpointGroup[], existing: readonly Stored<EndpointSlice>[]): SlicePlan {
  const create: SliceContent[] = [];
  const update: { slice: Stored<EndpointSlice>; content: SliceContent }[] = [];
  const remove = new Set(existing);
  const keep = (slice: Stored<EndpointSlice>, content: SliceContent) => {
    remove.delete(slice);
    const same =
      isDeepEqual(slice.endpoints ?? [], content.endpoints) && portsKey(slice.ports) === portsKey(content.ports);
    if (!same) update.push({ slice, content });
  };
  for (const group of groups) {
    const own = existing.filter((slice) => portsKey(slice.ports) === portsKey(group.ports));
    for (const [index, endpoints] of fill(group, own).entries()) {
      const slice = own[index];
      if (endpoints.length === 0) continue;
      const content = { endpoints, ports: group.ports };
      if (slice) keep(slice, content);
      else create.push(content);
    }
  }
  if (groups.length === 0) {
    const [first] = existing;
    if (first) keep(first, { endpoints: [], ports: first.ports ?? [] });
    else create.push({ endpoints: [], ports: [] });
  }
  return { create, update, remove: [...remove] };
}
