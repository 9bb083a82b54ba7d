import type { Run } from '../run/index.ts';
import { elasticityParts, mostGroups } from './elasticity-part.ts';
import { inWordsOf, languages, takenOf } from './languages.ts';
import { type ChartOptions, renderChart, type Series, type TimeUnits } from './line-chart.ts';
import { pageStyle } from './page-style.ts';
import type { Report } from './report.ts';
import { sectionsOf } from './sections.ts';
import type { Words } from './words.ts';

const GIB = 2 ** 30;
/** Number of the colour of lines that belong to no policy: between those of policies and the grey of what there could be. */
const COMMON = 8;
/** Most decisions that are shown with their reasons; all that are remembered stand in the data. */
const MOST_DEEDS = 60;

/** The report as one HTML file. The language is chosen without a script: by which button is checked. */
export function renderPage(report: Report): string {
  const buttons = languages.map(
    ({ code, name }, index) =>
      `<input type="radio" name="language" id="${code}"${index === 0 ? ' checked' : ''}><label for="${code}">${name}</label>`,
  );
  const bodies = languages.map(
    ({ code, words }) => `<main lang="${code}">${renderBody(inWordsOf(report, words), words)}</main>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Godwit: ${escaped(report.scenario)}</title><style>${pageStyle}</style></head>
<body>${buttons.join('')}${bodies.join('')}</body></html>
`;
}

function renderBody(report: Report, words: Words): string {
  const { runs, best, currency } = report;
  const winner = best?.by === 'nothing' ? undefined : best?.policy;
  const rows = runs.map((run) => cells('td', words.row(run, currency), run.policy === winner ? ' class="won"' : ''));
  return [
    `<h1>${escaped(words.title(report.scenario))}</h1><p>${escaped([words.summary(report), ...takenOf(report, words)].join(' '))}</p>`,
    best ? `<p class="best">${escaped(words.best(best.policy, best.by))}</p>` : '',
    `<h2>${words.sections.policies}</h2>${wideTable('policies', words.columns, rows)}`,
    renderRuns(report, words),
    `<h2>${words.sections.figures}</h2>${happened(report, words)}<div class="charts">${charts(report, words).join('')}</div>`,
    renderElasticity(report, words),
  ].join('\n');
}

/** What was found under the best policy, or the only one; the others are there for whoever asks. */
function renderRuns(report: Report, words: Words): string {
  const { runs, best } = report;
  return runs
    .map((run) => {
      const found = renderRun(run, report, words);
      if (runs.length === 1) return found;
      const open = run.policy === (best?.policy ?? runs[0]?.policy) ? ' open' : '';
      return `<details class="run"${open}><summary>${escaped(run.policy)}</summary>${found}</details>`;
    })
    .join('');
}

function wideTable(name: string, columns: readonly string[], rows: readonly string[]): string {
  return `<div class="wide"><table class="${name}">${cells('th', columns)}${rows.join('')}</table></div>`;
}

function renderElasticity(report: Report, { elasticity: words, units }: Words): string {
  const parts = elasticityParts(report, words).map(({ group, table, chart, changes }) => {
    const [heading = [], ...rows] = table;
    const body = rows.map((row) => cells('td', row));
    const details = changes.map(
      ({ title, lines }) =>
        `<details><summary>${escaped(title)}</summary><ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul></details>`,
    );
    return `<h3>${escaped(group)}</h3>${wideTable('group', heading, body)}<div class="charts">${figure(chart, units)}<div>${details.join('')}</div></div>`;
  });
  if (parts.length === 0) return '';
  const [shown, others] = [parts.slice(0, mostGroups), parts.slice(mostGroups)];
  const more =
    others.length === 0 ? '' : `<details><summary>${words.others(others.length)}</summary>${others.join('')}</details>`;
  return `<h2>${words.heading}</h2>${shown.join('')}${more}<p class="note">${words.note}</p>`;
}

function renderRun(run: Run, report: Report, words: Words): string {
  const sections = sectionsOf(run, report, words).map(
    ({ heading, sentences }) =>
      `<h3>${escaped(heading)}</h3><ul>${sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join('')}</ul>`,
  );
  return `${sections.join('')}${renderDeeds(run, words)}`;
}

function renderDeeds({ deeds: { latest, reasons } }: Run, { use }: Words): string {
  if (latest.length === 0) return '';
  const shown = latest.slice(-MOST_DEEDS);
  const all = reasons.reduce((sum, { count }) => sum + count, 0);
  const lines = shown.map((deed) => `<li>${escaped(use.deed(deed))}</li>`).join('');
  return `<details><summary>${escaped(use.deeds(shown.length, all))}</summary><ul>${lines}</ul></details>`;
}

/** What the shaded times in the plots are. */
function happened({ events, durationMs }: Report, { event: wordsOf, span }: Words): string {
  if (events.length === 0) return '';
  const items = events.map(({ atMs, untilMs, event }) => {
    const end = untilMs === undefined || untilMs > durationMs ? '' : span(untilMs);
    return `<li><time>${`${span(atMs)} – ${end}`.trimEnd()}</time>${escaped(wordsOf(event))}</li>`;
  });
  return `<ul class="happened">${items.join('')}</ul>`;
}

function charts({ runs, events, durationMs }: Report, words: Words): string[] {
  const { charts: titles, series: names, event: wordsOf, units } = words;
  const atMs = runs[0]?.samples.map((sample) => sample.atMs) ?? [];
  const several = runs.length > 1;
  // Where there is only one thing to see, the policies say it.
  const alone = (name: string) => (several ? '' : name);
  const lines = (
    name: string,
    shift: number,
    dashed: boolean,
    value: (sample: Run['samples'][number]) => number,
  ): Series[] => {
    const all = runs.map(({ samples }) => samples.map(value));
    const [first = []] = all;
    // What is the same under all policies is one line.
    if (several && all.every((values) => values.every((each, index) => each === first[index])))
      return [{ name: name === '' ? names.same : name, values: first, colour: COMMON, dashed }];
    return runs.map(({ policy }, index) => ({
      name: several ? (name === '' ? policy : words.of(policy, name)) : name,
      values: all[index] ?? [],
      colour: (several ? index : shift) % 6,
      dashed,
    }));
  };
  const capacity = (value: (sample: Run['samples'][number]) => number): Series[] => [
    // Of the policy that has most hosts on: what there could be.
    {
      name: names.capacity,
      values: atMs.map((_, index) =>
        runs.reduce((most, { samples }) => {
          const sample = samples[index];
          return sample ? Math.max(most, value(sample)) : most;
        }, 0),
      ),
      colour: 9,
    },
  ];
  const all: ChartOptions[] = [
    {
      title: titles.cpu,
      atMs,
      series: [
        ...capacity(({ cpuMillis }) => cpuMillis / 1000),
        ...lines(names.promised, 0, true, ({ cpuPromised }) => cpuPromised / 1000),
        ...lines(names.used, 1, false, ({ cpuUsed }) => cpuUsed / 1000),
      ],
    },
    {
      title: titles.memory,
      atMs,
      series: [
        ...capacity(({ memoryBytes }) => memoryBytes / GIB),
        ...lines(names.promised, 0, false, ({ memoryPromised }) => memoryPromised / GIB),
      ],
    },
    {
      title: titles.machines,
      atMs,
      series: [
        ...lines(names.wanted, 0, true, ({ wanted }) => wanted),
        ...lines(names.running, 1, false, ({ running }) => running),
      ],
    },
    { title: titles.hosts, atMs, series: lines(alone(names.on), 2, false, ({ hostsOn }) => hostsOn) },
    { title: titles.watts, atMs, series: lines(alone(titles.watts), 3, false, ({ watts }) => watts) },
  ];
  const bands = events.map(({ atMs: fromMs, untilMs = durationMs, event }) => ({
    fromMs,
    untilMs,
    label: wordsOf(event),
  }));
  return all.map((chart) => figure({ ...chart, bands }, units));
}

function figure(chart: ChartOptions, units: TimeUnits): string {
  return `<figure><figcaption>${escaped(chart.title)}${legend(chart.series)}</figcaption>${renderChart(chart, units)}</figure>`;
}

function legend(series: readonly Series[]): string {
  const items = series.map(
    ({ name, colour, dashed }) => `<span class="key k${colour}${dashed ? ' dashed' : ''}">${escaped(name)}</span>`,
  );
  return `<span class="legend">${items.join('')}</span>`;
}

function cells(tag: 'td' | 'th', values: readonly string[], attributes = ''): string {
  return `<tr${attributes}>${values.map((value) => `<${tag}>${escaped(value)}</${tag}>`).join('')}</tr>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
