import type { KindDefinition } from '@godwit/kinds';
import { machineGroup } from '../http/machine-request.ts';
import type { KindRegistry } from '../operations/kind-registry.ts';
import { machineGroupVersions, machineResources } from './machine-group.ts';

/** One version of one group, with the kinds that are served in it. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly KindDefinition[];
  /** Resources of which there are no objects. */
  readonly bare: readonly BareResource[];
}

/** A resource that no kind stands for: orders to machines, metrics. */
export interface BareResource {
  readonly plural: string;
  readonly namespaced: boolean;
  /** Of what it and its subresources answer. */
  readonly kind: string;
  /** None where only its subresources can be asked for. */
  readonly verbs: readonly string[];
  readonly subresources: readonly { readonly name: string; readonly verbs: readonly string[] }[];
}

/** A group with its versions, the preferred one first. */
export interface Group {
  readonly name: string;
  readonly versions: readonly GroupVersion[];
}

/** The groups that are served, the core group (named "") first. */
export function groupsOf(registry: KindRegistry): Group[] {
  const groups = new Map<string, Map<string, KindDefinition[]>>();
  const add = (group: string, version: string, kind?: KindDefinition) => {
    const versions = groups.get(group) ?? new Map<string, KindDefinition[]>();
    groups.set(group, versions);
    const kinds = versions.get(version) ?? [];
    versions.set(version, kinds);
    if (kind) kinds.push(kind);
  };
  add('', 'v1');
  for (const kind of registry.all) add(kind.group, kind.version, kind);
  if (groups.has('kubevirt.io')) for (const version of machineGroupVersions) add(machineGroup, version);
  return [...groups].map(([name, versions]) => ({
    name,
    versions: [...versions]
      .map(([version, kinds]) => ({ group: name, version, kinds, bare: name === machineGroup ? machineResources : [] }))
      .sort((a, b) => compareVersions(a.version, b.version)),
  }));
}

/** Kubernetes' order of versions: stable before beta before alpha, and of those the higher number first. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return (y[i] as number) - (x[i] as number);
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(version: string): [number, number, number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [0, 0, 0];
  const stage = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}

export function groupVersionText(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
