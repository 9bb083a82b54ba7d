import { StatusFailure } from '@godwit/kinds';

export type Labels = Readonly<Record<string, string>> | undefined;
export type LabelTest = (labels: Labels) => boolean;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  readonly values: readonly string[];
}

const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/**
 * Reads a label selector in Kubernetes' text form: `app=web,tier in (a, b),!canary,n>3`. Requirements are
 * joined by "and". Throws `BadRequest`.
 */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  const requirements: LabelRequirement[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match =
      /^(?:!\s*([^\s=!<>,()]+)|([^\s=!<>,()]+)\s*(?:(==|=|!=|>|<)\s*([^\s=!<>,()]*)|(in|notin)\s*\(([^()]*)\))?)\s*(,|$)/.exec(
        rest,
      );
    if (!match) throw refused(text, `cannot read "${rest}"`);
    requirements.push(requirementOf(match, text));
    rest = rest.slice(match[0].length).trimStart();
    if (match[7] === ',' && rest === '') throw refused(text, 'a requirement is missing after the last comma');
  }
  return requirements;
}

function requirementOf(match: RegExpExecArray, text: string): LabelRequirement {
  const [, absent, key = absent ?? '', sign, value = '', word, list = ''] = match;
  if (!KEY.test(key)) throw refused(text, `"${key}" is no label key`);
  if (absent !== undefined) return { key, operator: '!', values: [] };
  if (word === 'in' || word === 'notin') {
    return { key, operator: word, values: list.split(',').map((item) => checkedValue(item.trim(), text)) };
  }
  if (sign === undefined) return { key, operator: 'exists', values: [] };
  if ((sign === '>' || sign === '<') && !/^-?\d+$/.test(value)) throw refused(text, `"${value}" is no whole number`);
  const operator = sign === '==' ? '=' : (sign as '=' | '!=' | '>' | '<');
  return { key, operator, values: [checkedValue(value, text)] };
}

function checkedValue(value: string, text: string): string {
  if (value.length > 63 || (!VALUE.test(value) && !/^-\d+$/.test(value))) {
    throw refused(text, `"${value}" is no label value`);
  }
  return value;
}

function refused(text: string, why: string): StatusFailure {
  return new StatusFailure('BadRequest', `unable to parse requirement: label selector "${text}": ${why}`);
}

/** Whether labels meet all requirements. */
export function labelTest(requirements: readonly LabelRequirement[]): LabelTest {
  const tests = requirements.map(testOf);
  return (labels) => tests.every((test) => test(labels));
}

function testOf({ key, operator, values }: LabelRequirement): LabelTest {
  const [first = ''] = values;
  switch (operator) {
    case '=':
      return (labels) => labels?.[key] === first;
    case '!=':
      return (labels) => labels?.[key] !== first;
    case 'in':
      return (labels) => labels?.[key] !== undefined && values.includes(labels[key]);
    case 'notin':
      return (labels) => labels?.[key] === undefined || !values.includes(labels[key]);
    case 'exists':
      return (labels) => labels?.[key] !== undefined;
    case '!':
      return (labels) => labels?.[key] === undefined;
    case '>':
      return (labels) => isWhole(labels?.[key]) && Number(labels?.[key]) > Number(first);
    case '<':
      return (labels) => isWhole(labels?.[key]) && Number(labels?.[key]) < Number(first);
  }
}

function isWhole(value: string | undefined): boolean {
  return value !== undefined && /^-?\d+$/.test(value);
}

/** A selector as objects carry it (`matchLabels`, `matchExpressions`). */
export interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

const WORDS: Readonly<Record<string, LabelRequirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

export function requirementsOfObject(selector: LabelSelectorObject): readonly LabelRequirement[] {
  const requirements: LabelRequirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: '=',
    values: [value],
  }));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    requirements.push({ key, operator: WORDS[operator] ?? 'in', values: values ?? [] });
  }
  return requirements;
}

/** The text form of requirements, as `status.selector` of the scale subresource gives it. */
export function labelSelectorText(requirements: readonly LabelRequirement[]): string {
  const texts = requirements.map(({ key, operator, values }) => {
    if (operator === 'exists') return key;
    if (operator === '!') return `!${key}`;
    if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${[...values].sort().join(',')})`;
    return `${key}${operator}${values[0]}`;
  });
  return texts.sort().join(',');
}
