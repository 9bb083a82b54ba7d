import { StatusFailure } from '../machinery/status.ts';
import type { LabelSelector } from '../shared/label-selector.ts';
import { isLabelValue, isQualifiedName } from '../validation/names.ts';
import { type LabelRequirement, requirementsOf } from './label-requirement.ts';

/** The grammar: `key`, `!key`, `key=value`, `key==value`, `key!=value`, `key in (a, b)`, `key notin (a)`, `key>1`. */
const TERM =
  /^\s*(?:(?<not>!)\s*(?<absent>[^\s!=<>(),]+)|(?<key>[^\s!=<>(),]+)\s*(?:(?<op>==?|!=|>|<)\s*(?<value>[^\s!=<>(),]*)|\s(?<set>in|notin)\s*\((?<values>[^()]*)\))?)\s*(?:,|$)/;

function fault(message: string): StatusFailure {
  return new StatusFailure('BadRequest', `unable to parse requirement: ${message}`);
}

const OPERATORS = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'GreaterThan', '<': 'LessThan' } as const;

function requirementOf(groups: Readonly<Record<string, string | undefined>>): LabelRequirement {
  const { absent, key = '', op, value = '', set, values = '' } = groups;
  if (absent !== undefined) return { key: absent, operator: 'DoesNotExist', values: [] };
  if (set !== undefined) {
    const list = values.split(',').map((item) => item.trim());
    return { key, operator: set === 'in' ? 'In' : 'NotIn', values: [...new Set(list)].sort() };
  }
  if (op === undefined) return { key, operator: 'Exists', values: [] };
  return { key, operator: OPERATORS[op as keyof typeof OPERATORS], values: [value] };
}

function check({ key, operator, values }: LabelRequirement): void {
  if (!isQualifiedName(key)) throw fault(`${JSON.stringify(key)} is not a label key`);
  for (const value of values) {
    if (operator === 'GreaterThan' || operator === 'LessThan') {
      if (!/^-?\d+$/.test(value)) throw fault(`${JSON.stringify(value)} is not a whole number`);
    } else if (!isLabelValue(value)) throw fault(`${JSON.stringify(value)} is not a label value`);
  }
}

/** Reads `app=web,tier in (a, b),!canary`. Throws StatusFailure `BadRequest` that says what is wrong. */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  const requirements: LabelRequirement[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = TERM.exec(rest);
    if (!match?.groups)
      throw fault(`found ${JSON.stringify(rest)}, expected a key, !key, or a key with =, !=, in or notin`);
    const requirement = requirementOf(match.groups);
    check(requirement);
    requirements.push(requirement);
    if (match[0].endsWith(',') && match[0].length === rest.length) throw fault('nothing follows the last comma');
    rest = rest.slice(match[0].length);
  }
  return requirements;
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'GreaterThan':
      return `${key}>${values[0]}`;
    case 'LessThan':
      return `${key}<${values[0]}`;
  }
}

/** The text form of rules, as `parseLabelSelector` reads it. */
export function formatRequirements(requirements: readonly LabelRequirement[]): string {
  return requirements.map(formatRequirement).join(',');
}

/** The text form of a selector object: what `scale` and `kubectl get -o wide` show. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  return selector ? formatRequirements(requirementsOf(selector)) : '';
}
