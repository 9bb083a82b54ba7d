import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, SystemClock } from '@godwit/base';
import { buildDebianGuest, buildTinyGuest } from '../guests/index.ts';
import { debianGuestPackages, installPackages, missingPackages, runtimePackages } from '../install/debian-packages.ts';
import { openStateFolder } from '../state-folder.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatDuration } from '../terminal/units.ts';

const BUILDERS = { tiny: buildTinyGuest, debian: buildDebianGuest } as const;

/** `godwit image tiny|debian`. */
export async function image(
  guest: string,
  options: { readonly state: string; readonly force?: boolean },
): Promise<void> {
  const build = Object.hasOwn(BUILDERS, guest) ? BUILDERS[guest as keyof typeof BUILDERS] : undefined;
  if (!build)
    throw new Failure('bad-argument', `no guest called ${guest}; there are: ${Object.keys(BUILDERS).join(', ')}`);
  const terminal = new Terminal();
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  const progress = (line: string) => terminal.step(line);
  const needed = guest === 'debian' ? [...runtimePackages, ...debianGuestPackages] : runtimePackages;
  await installPackages(missingPackages(needed), progress);
  const folder = join(openStateFolder(options.state).root, 'guests');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const built = await build({ folder, progress, ...(options.force !== undefined && { force: options.force }) });
  const took = formatDuration(clock.monotonic() - startedMs);
  terminal.success(built.built ? `built in ${took}` : 'was there already');
  terminal.facts([
    ['image', built.image],
    ['disk', built.disk],
  ]);
}
