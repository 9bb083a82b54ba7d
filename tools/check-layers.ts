/**
 * The laws of the house, checked on every source file: imports point down and go by name, Node only where
 * it is allowed, time and chance only from the ground. Prints each breach; exits 1 when there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Which packages each package may import. Apps may import all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  kinds: ['base'],
  store: ['base'],
  planner: ['base', 'kinds'],
  client: ['base', 'kinds'],
  api: ['base', 'kinds', 'store'],
  controllers: ['base', 'kinds', 'client', 'planner'],
  host: ['base', 'kinds', 'client'],
};

/** npm packages that run anywhere: the browser and the simulator too. */
const PORTABLE = new Set(['ajv', 'ajv/dist/2020.js', 'jose', 'js-yaml']);

const FORBIDDEN_GLOBALS: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, 'time comes from World.clock'],
  [/\b(?:setTimeout|setInterval)\(/, 'timers come from World.clock'],
  [/\bMath\.random\(|\brandomUUID\(|\brandomBytes\(|\bcrypto\.getRandomValues\(/, 'chance and ids come from World'],
];

interface Source {
  readonly path: string;
  readonly text: string;
  /** `packages/api` → `api`; apps have none. */
  readonly package: string | undefined;
  readonly isTest: boolean;
  readonly isNode: boolean;
}

function sourceFiles(): Source[] {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name, 'src')),
  );
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => describe(join(folder, name))),
  );
}

function describe(file: string): Source {
  const path = relative(root, file);
  const [group, name] = path.split('/');
  return {
    path,
    text: readFileSync(file, 'utf8'),
    package: group === 'packages' ? name : undefined,
    isTest: /\.test\.tsx?$|(^|\/)conformance|-test-|test-support/.test(path),
    isNode: group === 'apps' || path.includes('/node/'),
  };
}

function* importsOf(text: string): Generator<string> {
  for (const match of text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'/g))
    yield match[1] as string;
  for (const match of text.matchAll(/(?:^|\n)\s*import\s*'([^']+)'|\bimport\('([^']+)'\)/g))
    yield (match[1] ?? match[2]) as string;
}

function* importBreaches(source: Source): Generator<string> {
  for (const specifier of importsOf(source.text)) {
    if (specifier.startsWith('.')) {
      if (leavesPackage(source.path, specifier)) yield `imports ${specifier}: cross packages by name`;
    } else if (specifier.startsWith('@godwit/')) {
      yield* layerBreaches(source, specifier);
    } else if (!source.isNode && !source.isTest && !PORTABLE.has(specifier)) {
      yield `imports ${specifier}: only under a folder named node/, or in apps/`;
    }
  }
}

function leavesPackage(path: string, specifier: string): boolean {
  const depth = path.split('/').length - 4;
  return (specifier.match(/\.\.\//g)?.length ?? 0) > depth;
}

function* layerBreaches(source: Source, specifier: string): Generator<string> {
  const [, target = '', entry] = specifier.split('/');
  if (source.isTest || source.package === undefined) return;
  if (!MAY_IMPORT[source.package]?.includes(target))
    yield `imports ${specifier}: ${source.package} may not know ${target}`;
  if (entry === 'node' && !source.isNode) yield `imports ${specifier}: only under a folder named node/, or in apps/`;
}

function* globalBreaches(source: Source): Generator<string> {
  if (source.isTest || source.package === 'base') return;
  const code = source.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g, '');
  for (const [pattern, rule] of FORBIDDEN_GLOBALS) {
    const found = pattern.exec(code);
    if (found) yield `uses ${found[0]}: ${rule}`;
  }
}

const sources = sourceFiles();
const breaches = sources.flatMap((source) =>
  [...importBreaches(source), ...globalBreaches(source)].map((breach) => `${source.path}: ${breach}`),
);
for (const breach of breaches) console.error(breach);
console.log(`layers: ${sources.length} files, ${breaches.length} breaches`);
process.exit(sources.length === 0 || breaches.length > 0 ? 1 : 0);
