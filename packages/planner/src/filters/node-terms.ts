import { type LabelRequirement, matchesLabels, type NodeSelectorTerm } from '@godwit/kinds';
import type { Host } from '../snapshot/host.ts';

/** A node selector term, ready to be asked about many hosts. */
export type HostMatcher = (host: Host) => boolean;

const OPERATORS = { Gt: 'GreaterThan', Lt: 'LessThan' } as const;

/** Terms are joined by or; what one term says, by and. A term that says nothing matches nothing. */
export function matcherOfTerms(terms: readonly NodeSelectorTerm[]): HostMatcher {
  const compiled = terms.map(matcherOfTerm);
  return (host) => compiled.some((matches) => matches(host));
}

export function matcherOfTerm(term: NodeSelectorTerm): HostMatcher {
  const expressions = (term.matchExpressions ?? []).map(requirementOf);
  const fields = (term.matchFields ?? []).map(requirementOf);
  if (expressions.length + fields.length === 0) return () => false;
  return (host) =>
    matchesLabels(expressions, host.labels) &&
    (fields.length === 0 || matchesLabels(fields, { 'metadata.name': host.name }));
}

function requirementOf(expression: NonNullable<NodeSelectorTerm['matchExpressions']>[number]): LabelRequirement {
  const { key, operator, values = [] } = expression;
  return { key, operator: operator === 'Gt' || operator === 'Lt' ? OPERATORS[operator] : operator, values };
}
