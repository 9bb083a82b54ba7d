/** docs/errors.md names every code and reason that users can meet, and none that there is not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { statusCodes } from '@godwit/kinds';

const root = join(import.meta.dirname, '..');
const documentation = readFileSync(join(root, 'docs/errors.md'), 'utf8');

function sources(): { readonly path: string; readonly text: string }[] {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name, 'src')),
  );
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|test-support|testing\/|conformance/.test(name))
      .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') })),
  );
}

const literals = (text: string): string[] =>
  [...text.matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, code]) => code as string);

/** Codes in one file: those that stand in `new Failure(…)`, and those that reach it through a variable. */
function* codesIn(text: string): Generator<string> {
  for (const [, argument = ''] of text.matchAll(/new Failure\(\s*([^,]+),/g)) {
    yield* literals(argument);
    if (/^\w+$/.test(argument)) yield* valuesOf(argument, text);
  }
}

/** What a variable may hold: what it is set to, constants named there, and what is passed to a function for it. */
function* valuesOf(name: string, text: string): Generator<string> {
  for (const [, value = ''] of text.matchAll(new RegExp(`const ${name} = ([^;]+);`, 'g'))) {
    yield* literals(value);
    for (const [constant] of value.matchAll(/\b[A-Z][A-Z_]+\b/g)) {
      yield* literals(new RegExp(`const ${constant}\\b[^=]*=([\\s\\S]*?\\n)[\\])}]+;`).exec(text)?.[1] ?? '');
    }
  }
  const takers = new RegExp(`function (\\w+)\\(${name}: string|const (\\w+) = \\(${name}: string`, 'g');
  for (const [, declared, assigned] of text.matchAll(takers)) {
    const calls = new RegExp(`\\b${declared ?? assigned}\\('([a-z-]+)'`, 'g');
    for (const [, code = ''] of text.matchAll(calls)) yield code;
  }
}

/** The words in the first column of every table below a heading, up to the next heading of its rank. */
function documented(heading: string): Set<string> {
  const rank = /^#+/.exec(heading)?.[0].length ?? 0;
  const [, after = ''] = documentation.split(`\n${heading}\n`);
  const [section = ''] = after.split(new RegExp(`^#{1,${rank}} `, 'm'));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return new Set(
    rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, word]) => word as string)),
  );
}

const without = (all: Iterable<string>, known: ReadonlySet<string>): string[] =>
  [...new Set(all)].filter((one) => !known.has(one)).toSorted();

const files = sources();

test('every code of a failure is documented, and every documented one is thrown', () => {
  const thrown = new Set(files.flatMap(({ text }) => [...codesIn(text)]));
  assert.ok(thrown.size > 50, `only ${thrown.size} codes were found`);
  const known = documented('## Failures');
  assert.deepEqual(without(thrown, known), [], 'not in docs/errors.md');
  assert.deepEqual(without(known, thrown), [], 'in docs/errors.md, and never thrown');
});

test('every reason of a Status is documented with its code', () => {
  const known = documented('## Answers of the API');
  assert.deepEqual(without(Object.keys(statusCodes), known), []);
  for (const [reason, code] of Object.entries(statusCodes)) {
    assert.ok(documentation.includes(`| \`${reason}\` | ${code} |`), `${reason} has code ${code}`);
  }
});

test('every cause is documented, and no other', () => {
  const status = files.find(({ path }) => path.endsWith('machinery/status.ts'))?.text ?? '';
  const [, union = ''] = /type CauseReason =([^;]+);/.exec(status) ?? [];
  const causes = new Set([...union.matchAll(/'(\w+)'/g)].map(([, cause]) => cause as string));
  assert.ok(causes.size > 5);
  const known = documented('## Answers of the API');
  assert.deepEqual(without(causes, known), []);
  assert.deepEqual(without(known, new Set([...causes, ...Object.keys(statusCodes)])), []);
});

test('the words for what is wrong with machines are documented, and none that nobody says', () => {
  const known = documented('## Reasons at machines');
  const tables = files.filter(({ path }) => path.endsWith('failure-reason.ts'));
  assert.equal(tables.length, 2);
  const words = tables.flatMap(({ text }) => [...text.matchAll(/: '([A-Z]\w+)'/g)].map(([, word]) => word as string));
  assert.deepEqual(without(words, known), []);
  const all = files.map(({ text }) => text).join('\n');
  assert.deepEqual(
    [...known].filter((word) => !all.includes(`'${word}'`)),
    [],
  );
});
