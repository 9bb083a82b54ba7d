import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './tiers.ts';

/** A check of the source itself: types, laws of the house, lint, format, dead code. */
export interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
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

/** Runs one check, its output on ours. True when it found nothing. */
export function runCheck({ command: [program, ...args] }: Check): boolean {
  return spawnSync(program, args, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
