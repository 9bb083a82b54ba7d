import type { DebianPackage } from './debian-packages.ts';
import { isSystemdHere, type Systemctl, systemctl } from './systemctl.ts';

/**
 * Stops the units that packages came with, and keeps them from starting with the machine. Only for packages that were
 * installed just now by us: what somebody had before is theirs. The administrator may enable them again at any time.
 */
export function quietUnits(
  packages: readonly DebianPackage[],
  say: (line: string) => void,
  order: Systemctl | undefined = isSystemdHere() ? systemctl : undefined,
): void {
  // Without systemd nothing was started either.
  if (order === undefined) return;
  const names = packages.flatMap(({ units }) => units ?? []);
  const awake = names.filter((name) => isAwake(name, order));
  if (awake.length === 0) return;
  say(`${awake.join(', ')}: of these packages, not needed by Godwit, and so kept off`);
  order('disable', '--now', ...awake);
  // One that was stopped while it started has failed, and would stay in the list of those.
  order('reset-failed', ...awake);
}

const isAwake = (name: string, order: Systemctl): boolean =>
  order('is-enabled', name).stdout.trim() === 'enabled' || order('is-active', name).status === 0;
