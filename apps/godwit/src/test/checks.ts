import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './tiers.ts';

/** A check of the source itself: types, laws of the house, lint, format, dead code. */
export interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** What a check said, and whether it found nothing. */
export interface CheckResult {
  readonly passed: boolean;
  readonly output: string;
}

const tool = (name: string) => join(projectRoot, 'node_modules/.bin', name);

export const checks: readonly Check[] = [
  { name: 'types', command: [tool('tsc'), '--noEmit', '-p', projectRoot] },
  { name: 'layers', command: [process.execPath, join(projectRoot, 'tools/check-layers.ts')] },
  {
    name: 'lint and sizes',
    command: [tool('oxlint'), '--type-aware', '--deny-warnings', 'packages', 'apps', 'tools', 'bench', 'test'],
  },
  { name: 'format', command: [tool('biome'), 'check', '.'] },
  { name: 'dead code', command: [tool('knip')] },
];

/** Runs one check, its output on ours too. */
export function runCheck({ command: [program, ...args] }: Check): CheckResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: projectRoot, encoding: 'utf8' });
  const output = error === undefined ? `${stdout}${stderr}` : `${error.message}\n`;
  process.stdout.write(output);
  return { passed: status === 0, output };
}
