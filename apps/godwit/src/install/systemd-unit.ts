import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '@godwit/base';
import { DEFAULT_STATE_FOLDER, type StateFolder } from '../state-folder.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { projectRoot } from '../test/tiers.ts';
import type { Listen } from '../verbs/up.ts';

/** Name of the unit: the plain one for the default state folder, else with the instance's id. */
export function unitName(state: StateFolder): string {
  return state.root === DEFAULT_STATE_FOLDER ? 'godwit.service' : `godwit-${state.instance.id}.service`;
}

/**
 * The unit's text. Only the program itself is stopped or restarted by systemd (`KillMode=process`): machines are not
 * its children, and outlive it. It comes back when it crashes or cannot start yet, not when `godwit down` ended it.
 */
export function renderUnit(state: StateFolder, listen: Listen): string {
  const command = [join(projectRoot, 'godwit'), 'up', '--state', state.root, '--listen', address(listen)];
  return `[Unit]
Description=Godwit private cloud (${plain(state.root)})
Documentation=${plain(pathToFileURL(join(projectRoot, 'README.md')).href)}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=${command.map(word).join(' ')}
Restart=on-failure
RestartSec=1
KillMode=process
Delegate=yes
LimitNOFILE=1048576
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

const address = ({ host, port }: Listen) => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Text in which systemd finds no specifier. */
const plain = (text: string) => text.replaceAll('%', '%%');

/** One word of a command line, whatever is in it. */
function word(text: string): string {
  const safe = plain(text).replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$[\]-]+$/.test(safe) ? safe : `"${safe.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Writes, enables and starts the unit. */
export function installUnit(state: StateFolder, listen: Listen, terminal: Terminal): void {
  const path = unitPath(state);
  writeFileSync(path, renderUnit(state, listen));
  terminal.step(`wrote ${path}`);
  systemctl('daemon-reload');
  systemctl('enable', '--now', unitName(state));
  terminal.success(`${unitName(state)} runs, and starts with this machine`);
}

/** Takes the unit away again, where there is one. */
export function removeUnit(state: StateFolder, say: (line: string) => void): void {
  const path = unitPath(state);
  if (!existsSync(path)) return;
  systemctl('disable', '--now', unitName(state));
  rmSync(path);
  systemctl('daemon-reload');
  say(`removed ${path}`);
}

const unitPath = (state: StateFolder) => join('/etc/systemd/system', unitName(state));

function systemctl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('systemctl', args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Failure('install-failed', `systemctl ${args.join(' ')}: ${(stderr ?? 'systemctl is missing').trim()}`);
}
