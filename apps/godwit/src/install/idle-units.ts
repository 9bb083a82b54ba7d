import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { DebianPackage } from './debian-packages.ts';

/** Says the state of systemd's units, or changes it: the arguments of `systemctl`, and what it wrote. */
export type Systemctl = (...args: readonly string[]) => { readonly status: number | null; readonly stdout: string };

/**
 * Stops the units that packages came with, and keeps them from starting with the machine. Only for packages that were
 * installed just now by us: what somebody had before is theirs. The administrator may enable them again at any time.
 */
export function quietUnits(
  packages: readonly DebianPackage[],
  say: (line: string) => void,
  systemctl: Systemctl | undefined = runningSystemctl(),
): void {
  if (systemctl === undefined) return;
  const names = packages.flatMap(({ units }) => units ?? []);
  const awake = names.filter((name) => isAwake(name, systemctl));
  if (awake.length === 0) return;
  say(`${awake.join(', ')}: of these packages, not needed by Godwit, and so kept off`);
  systemctl('disable', '--now', ...awake);
  // One that was stopped while it started has failed, and would stay in the list of those.
  systemctl('reset-failed', ...awake);
}

const isAwake = (name: string, systemctl: Systemctl): boolean =>
  systemctl('is-enabled', name).stdout.trim() === 'enabled' || systemctl('is-active', name).status === 0;

/** Undefined where systemd does not run: then nothing was started either. */
function runningSystemctl(): Systemctl | undefined {
  if (!existsSync('/run/systemd/system')) return undefined;
  return (...args) => {
    const { status, stdout } = spawnSync('systemctl', args, { encoding: 'utf8' });
    return { status, stdout: stdout ?? '' };
  };
}
