import { globSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../../../..');

/** One group of tests: what it shows, which files, and how many of them may run at once. */
export interface Tier {
  readonly name: string;
  readonly shows: string;
  readonly files: readonly string[];
  /** Files side by side. Pure tests share one process. */
  readonly concurrency: number;
  readonly sharedProcess: boolean;
}

/** How many files may run at once where each waits most of its time, and has machines, ports and folders of its own. */
const SIDE_BY_SIDE = 2;

/** What a test needs besides Node, by the suffix that says so, in the order in which the tiers run; files at once. */
const SUFFIXES = [
  ['chaos', 'everything that goes wrong, on simulated hosts', 1],
  ['disk', 'crashes, power cuts and full disks', 1],
  ['pg', 'the store on a real PostgreSQL', 1],
  ['net', 'real packets through namespaces, nftables, dnsmasq and HAProxy', 1],
  ['podman', 'real containers', 1],
  ['qemu', 'real virtual machines', SIDE_BY_SIDE],
  ['client', 'the official JavaScript client', 1],
  ['kubectl', 'every kubectl that is found', SIDE_BY_SIDE],
  ['e2e', 'the whole program, as a person uses it', SIDE_BY_SIDE],
  ['load', 'the whole program under a load that it measures: nothing else may be busy', 1],
] as const;

function testFiles(): string[] {
  const found = globSync(
    ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    {
      cwd: projectRoot,
    },
  );
  return found.map((file) => join(projectRoot, file)).toSorted();
}

/** All tiers with the files they have now. */
export function findTiers(): Tier[] {
  const files = testFiles();
  const suffixOf = (file: string) => /\.([a-z0-9]+)\.test\.ts$/.exec(file)?.[1];
  const named = new Set<string | undefined>(SUFFIXES.map(([suffix]) => suffix));
  const unknown = files.filter((file) => suffixOf(file) !== undefined && !named.has(suffixOf(file)));
  if (unknown.length > 0) throw new Error(`no tier runs ${unknown.join(', ')}`);
  const unit: Tier = {
    name: 'unit',
    shows: 'what needs nothing but Node',
    files: files.filter((file) => suffixOf(file) === undefined),
    concurrency: 2,
    sharedProcess: true,
  };
  const others = SUFFIXES.map(([name, shows, concurrency]) => ({
    name,
    shows,
    files: files.filter((file) => suffixOf(file) === name),
    concurrency,
    sharedProcess: false,
  }));
  return [unit, ...others].filter((tier) => tier.files.length > 0);
}
