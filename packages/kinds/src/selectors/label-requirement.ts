import type { LabelSelector } from '../shared/label-selector.ts';

export type Labels = Readonly<Record<string, string>>;

/** One rule about one label, whatever form it was written in. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'GreaterThan' | 'LessThan';
  readonly values: readonly string[];
}

const NO_LABELS: Labels = {};

function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'GreaterThan':
      return value !== undefined && /^-?\d+$/.test(value) && Number(value) > Number(values[0]);
    case 'LessThan':
      return value !== undefined && /^-?\d+$/.test(value) && Number(value) < Number(values[0]);
  }
}

/** True when every rule holds; no rules hold for everything. */
export function matchesLabels(requirements: readonly LabelRequirement[], labels: Labels | undefined): boolean {
  const present = labels ?? NO_LABELS;
  return requirements.every((requirement) => holds(requirement, present));
}

/** The rules of a selector object, in the order of their keys. */
export function requirementsOf(selector: LabelSelector): readonly LabelRequirement[] {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }),
  );
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }): LabelRequirement => ({ key, operator, values: values ?? [] }),
  );
  return [...equalities, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const compiled = new WeakMap<LabelSelector, readonly LabelRequirement[]>();

/** Whether a selector object selects these labels. Absent selects none, empty all. */
export function selects(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (!selector) return false;
  let requirements = compiled.get(selector);
  if (!requirements) {
    requirements = requirementsOf(selector);
    compiled.set(selector, requirements);
  }
  return matchesLabels(requirements, labels);
}

/** Whether `labels` has every pair of `wanted`: the plain selector of Services. Empty selects none. */
export function hasLabels(wanted: Labels | undefined, labels: Labels | undefined): boolean {
  if (!wanted) return false;
  const present = labels ?? NO_LABELS;
  let some = false;
  for (const key in wanted) {
    some = true;
    if (present[key] !== wanted[key]) return false;
  }
  return some;
}

/** The label by which a selector excludes everything, whatever else an object may have; undefined where it does not. */
export function impossibleLabel(selector: LabelSelector | undefined): string | undefined {
  const byKey = Map.groupBy(selector ? requirementsOf(selector) : [], ({ key }) => key);
  for (const [key, requirements] of byKey) {
    const named = requirements.flatMap(({ operator, values }) => (operator === 'In' ? values : []));
    const isThere = requirements.some(({ operator }) => operator === 'In' || operator === 'Exists');
    // A value that nobody names is any other one: only what is listed can exclude all.
    const values = requirements.some(({ operator }) => operator === 'In') ? named : [undefined];
    const possible = values.some((value) =>
      requirements.every(({ operator, values: listed }) => {
        if (operator === 'DoesNotExist') return !isThere;
        return value === undefined || operator === 'Exists' || listed.includes(value) === (operator === 'In');
      }),
    );
    if (!possible) return key;
  }
  return undefined;
}
