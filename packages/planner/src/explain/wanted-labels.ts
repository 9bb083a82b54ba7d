/** Which labels a host would need so that a machine allows it. */
import type { NodeSelectorTerm } from '@godwit/kinds';
import { allowedHosts } from '../filters/matches-node-selector.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Host } from '../snapshot/host.ts';

type Labels = Readonly<Record<string, string>>;
type Expression = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

/** Labels to give to a host, and such to take from it. */
export interface LabelChange {
  readonly give: Labels;
  readonly take: readonly string[];
}

/** Labels that every host gives itself. */
const OWN = new Set(['kubernetes.io/hostname', 'kubernetes.io/arch', 'kubernetes.io/os']);

/** What a host says of itself already, such as its zone or the model of its GPUs, is not changed by saying otherwise. */
function isForUs({ give, take }: LabelChange, { labels }: Host): boolean {
  return (
    Object.keys(give).every((label) => labels[label] === undefined && !OWN.has(label)) &&
    !take.some((label) => OWN.has(label))
  );
}

/** The smallest change with which the machine allows the host; undefined where no labels help. */
export function wantedLabels(request: MachineRequest, host: Host): LabelChange | undefined {
  const allows = allowedHosts(request);
  const changes = termsOf(request)
    .map((term) => changeFor(request.nodeSelector ?? {}, term.matchExpressions ?? [], host.labels))
    .filter((change) => isForUs(change, host))
    .filter((change) => allows?.({ ...host, labels: changed(host.labels, change) }) === true);
  return changes.sort((a, b) => sizeOf(a) - sizeOf(b))[0];
}

/** What the machine asks of its hosts, in words: `disk in (ssd, nvme), gen > 3`; other terms after `or`. */
export function wantedHosts(request: MachineRequest): string {
  const plain = Object.entries(request.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  const terms = termsOf(request).map(({ matchExpressions = [], matchFields = [] }) =>
    [...plain, ...[...matchExpressions, ...matchFields].map(expressionInWords)].join(', '),
  );
  return [...new Set(terms)].join(' or ');
}

/** The same of where a volume can be reached. */
export function hostsInWords(terms: readonly NodeSelectorTerm[]): string {
  return terms
    .map(({ matchExpressions = [], matchFields = [] }) =>
      [...matchExpressions, ...matchFields].map(expressionInWords).join(', '),
    )
    .join(' or ');
}

function termsOf({ affinity }: MachineRequest): readonly NodeSelectorTerm[] {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
}

function changeFor(selector: Labels, expressions: readonly Expression[], labels: Labels): LabelChange {
  const give: Record<string, string> = {};
  const take: string[] = [];
  for (const [key, value] of Object.entries(selector)) if (labels[key] !== value) give[key] = value;
  for (const { key, operator, values = [] } of expressions) {
    const value = give[key] ?? labels[key];
    if (operator === 'In' && !(value !== undefined && values.includes(value))) give[key] = values[0] ?? '';
    else if (operator === 'Exists' && value === undefined) give[key] = '';
    else if (operator === 'Gt' && !(Number(value) > Number(values[0]))) give[key] = String(Number(values[0]) + 1);
    else if (operator === 'Lt' && !(Number(value) < Number(values[0]))) give[key] = String(Number(values[0]) - 1);
    else if (operator === 'DoesNotExist' && value !== undefined) take.push(key);
    else if (operator === 'NotIn' && value !== undefined && values.includes(value)) take.push(key);
  }
  return { give, take };
}

function changed(labels: Labels, { give, take }: LabelChange): Labels {
  return Object.fromEntries(Object.entries({ ...labels, ...give }).filter(([label]) => !take.includes(label)));
}

function sizeOf({ give, take }: LabelChange): number {
  return Object.keys(give).length + take.length;
}

function expressionInWords({ key, operator, values = [] }: Expression): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(', ')})`;
    case 'NotIn':
      return `${key} not in (${values.join(', ')})`;
    case 'Gt':
      return `${key} > ${values[0]}`;
    case 'Lt':
      return `${key} < ${values[0]}`;
    default:
      return operator === 'Exists' ? key : `no ${key}`;
  }
}
