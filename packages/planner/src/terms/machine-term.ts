import { type LabelSelector, type PodAffinityTerm, selects } from '@godwit/kinds';
import type { MachineRequest } from '../request/machine-request.ts';

/** Whether a machine is one of those that a term means. */
export type MachineMatcher = (machine: MachineRequest) => boolean;

/** Labels of a namespace, for terms that choose namespaces by label. */
export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A label in a namespace. */
export interface Anchor {
  readonly namespace: string;
  readonly label: string;
  readonly value: string;
}

/** An affinity term as its owner means it. */
export interface MachineTerm {
  /** Equal for terms that mean the same. */
  readonly id: string;
  readonly topologyKey: string;
  /** One namespace and one label that every machine that is meant has, where that can be said. */
  readonly anchor?: Anchor;
  readonly matches: MachineMatcher;
}

/** What anchors are compared by: every label of a machine, in its namespace. */
export function anchorName({ namespace, label, value }: Anchor): string {
  return `${namespace}\n${label}\n${value}`;
}

/** The identity of a term, without the work of making its matcher. */
export function termIdOf(term: PodAffinityTerm, owner: MachineRequest): string {
  const { namespaces, namespaceSelector, topologyKey } = term;
  const own = !namespaceSelector && !namespaces?.length;
  const where = own ? owner.namespace : JSON.stringify([namespaces, namespaceSelector]);
  return `${topologyKey}\n${where}\n${JSON.stringify(withLabelKeys(term, owner) ?? null)}`;
}

export function machineTermOf(
  term: PodAffinityTerm,
  owner: MachineRequest,
  namespaceLabels: NamespaceLabels,
): MachineTerm {
  const selector = withLabelKeys(term, owner);
  const inNamespace = namespaceMatcher(term, owner, namespaceLabels);
  const anchor = anchorOfTerm(term, owner, selector);
  return {
    id: termIdOf(term, owner),
    topologyKey: term.topologyKey,
    ...(anchor !== undefined && { anchor }),
    matches: (machine) => inNamespace(machine.namespace) && selects(selector, machine.labels),
  };
}

function anchorOfTerm(
  { namespaces = [], namespaceSelector }: PodAffinityTerm,
  owner: MachineRequest,
  selector: LabelSelector | undefined,
): Anchor | undefined {
  if (namespaceSelector || namespaces.length > 1) return undefined;
  const namespace = namespaces[0] ?? owner.namespace;
  for (const label in selector?.matchLabels) return { namespace, label, value: selector.matchLabels[label] ?? '' };
  for (const { key, operator, values: [value, ...more] = [] } of selector?.matchExpressions ?? []) {
    if (operator === 'In' && value !== undefined && more.length === 0) return { namespace, label: key, value };
  }
  return undefined;
}

function namespaceMatcher(
  { namespaces, namespaceSelector }: PodAffinityTerm,
  owner: MachineRequest,
  namespaceLabels: NamespaceLabels,
): (namespace: string) => boolean {
  if (!namespaceSelector && !namespaces?.length) return (namespace) => namespace === owner.namespace;
  return (namespace) =>
    namespaces?.includes(namespace) === true ||
    (namespaceSelector !== undefined && selects(namespaceSelector, namespaceLabels.get(namespace) ?? {}));
}

/** `matchLabelKeys` narrows a selector to the values that its owner has, `mismatchLabelKeys` to others. */
function withLabelKeys(term: PodAffinityTerm, owner: MachineRequest): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (!labelSelector || matchLabelKeys.length + mismatchLabelKeys.length === 0) return labelSelector;
  const expressions = [
    ...matchLabelKeys.map((key) => ({ key, operator: 'In' as const })),
    ...mismatchLabelKeys.map((key) => ({ key, operator: 'NotIn' as const })),
  ].filter(({ key }) => owner.labels[key] !== undefined);
  return {
    ...labelSelector,
    matchExpressions: [
      ...(labelSelector.matchExpressions ?? []),
      ...expressions.map(({ key, operator }) => ({ key, operator, values: [owner.labels[key] ?? ''] })),
    ],
  };
}
