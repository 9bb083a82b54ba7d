import type { GroupElasticity } from '../measure/index.ts';
import type { ElasticityWords } from './elasticity-words.ts';
import { rowOfElasticity } from './elasticity-words.ts';
import type { ChartOptions } from './line-chart.ts';
import type { Report } from './report.ts';

/** How one group followed its demand, under all policies. */
export interface ElasticityPart {
  readonly group: string;
  /** The first row is the heading. */
  readonly table: readonly (readonly string[])[];
  readonly chart: ChartOptions;
  /** What was done and why, by policy. */
  readonly changes: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

const MOST_LINES = 60;
/** The colour of what is given and not chosen. */
const GREY = 9;

/** Groups that a reader looks at one by one; the others are there for whoever asks for them. */
export const mostGroups = 12;

/** One part a group, the one first of which the most was left undone under any policy. */
export function elasticityParts({ runs, currency }: Report, words: ElasticityWords): readonly ElasticityPart[] {
  const groups = (runs[0]?.elasticity ?? []).toSorted((a, b) => undone(b.group, runs) - undone(a.group, runs));
  return groups.map(({ group, samples }): ElasticityPart => {
    const found = runs.flatMap(({ policy, elasticity }) => {
      const own = elasticity.find((each) => each.group === group);
      return own ? [{ policy, own }] : [];
    });
    const several = found.length > 1;
    return {
      group,
      table: [words.columns, ...found.map(({ policy, own }) => rowOfElasticity(policy, own, currency, words))],
      chart: {
        title: words.chart(group),
        atMs: samples.map(({ atMs }) => atMs),
        series: [
          { name: words.series.needed, values: samples.map(({ needed }) => needed), colour: GREY },
          ...found.map(({ policy, own }, index) => ({
            name: several ? words.of(policy, words.series.serving) : words.series.serving,
            values: own.samples.map(({ serving }) => serving),
            colour: index % 6,
          })),
        ],
      },
      changes: found.flatMap(({ policy, own }) => changesOf(policy, own, words)),
    };
  });
}

/** Processor-hours that were not served, under the policy that served the least. */
function undone(group: string, runs: Report['runs']): number {
  const all = runs.flatMap(({ elasticity }) => elasticity.filter((each) => each.group === group));
  return all.reduce((most, { unserved, neededCoreHours }) => Math.max(most, unserved * neededCoreHours), 0);
}

function changesOf(policy: string, { actions, actionCount }: GroupElasticity, words: ElasticityWords) {
  if (actionCount === 0) return [];
  const latest = actions.slice(-MOST_LINES);
  return [{ title: words.changes(policy, latest.length, actionCount), lines: latest.map(words.action) }];
}
