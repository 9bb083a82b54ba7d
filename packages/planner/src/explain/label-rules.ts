/** What selectors ask of labels, rule by rule. */
import type { LabelSelector } from '@godwit/kinds';
import type { LabelRule } from './why-refused.ts';

export function rulesOfLabels(labels: Readonly<Record<string, string>> = {}): LabelRule[] {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

export function rulesOfSelector({ matchLabels, matchExpressions = [] }: LabelSelector = {}): readonly LabelRule[] {
  return [...rulesOfLabels(matchLabels), ...matchExpressions.map(ruleOf)];
}

export function ruleOf({ key, operator, values }: LabelRule): LabelRule {
  return { key, operator, ...(values && values.length > 0 && { values }) };
}
