/** Which labels a host would need so that a machine allows it. */
import type { NodeSelectorTerm } from '@godwit/kinds';
import { allowedHosts } from '../filters/matches-node-selector.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Host } from '../snapshot/host.ts';
import { ruleOf, rulesOfLabels } from './label-rules.ts';
import type { LabelRule } from './why-refused.ts';

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

/** What the machine asks of the labels of its hosts: all of one of these lists. */
export function wantedHosts(request: MachineRequest): readonly (readonly LabelRule[])[] {
  const plain = rulesOfLabels(request.nodeSelector);
  return rulesOfTerms(termsOf(request)).map((rules) => [...plain, ...rules]);
}

/** The same of terms alone: of where a volume can be reached, for example. */
export function rulesOfTerms(terms: readonly NodeSelectorTerm[]): readonly (readonly LabelRule[])[] {
  return terms.map(({ matchExpressions = [], matchFields = [] }) => [...matchExpressions, ...matchFields].map(ruleOf));
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
