import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** `systemctl` with these words: how it ended, and what it wrote. `status` is null where it is missing. */
export type Systemctl = (...words: readonly string[]) => {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr?: string;
};

export const systemctl: Systemctl = (...words) => {
  const { status, stdout, stderr } = spawnSync('systemctl', words, { encoding: 'utf8' });
  return { status, stdout: stdout ?? '', stderr: stderr ?? 'systemctl is missing' };
};

/** Whether systemd runs this host (sd_booted(3)). */
export const isSystemdHere = (): boolean => existsSync('/run/systemd/system');

/** Whether the whole host is on its way down or to a reboot, not only this program. */
export const isHostGoingDown = (): boolean =>
  isSystemdHere() && systemctl('is-system-running').stdout.trim() === 'stopping';
