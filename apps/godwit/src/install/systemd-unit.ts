import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '@godwit/base';
import { STOP_TIMEOUT_MS } from '../cloud/stop-timeout.ts';
import { DEFAULT_STATE_FOLDER, type StateFolder } from '../state-folder.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { projectRoot } from '../test/tiers.ts';
import type { Listen } from '../verbs/up.ts';
import { systemctl } from './systemctl.ts';

/** Name of the unit: the plain one for the default state folder, else with the instance's id. */
export function unitName(state: StateFolder): string {
  return state.root === DEFAULT_STATE_FOLDER ? 'godwit.service' : `godwit-${state.instance.id}.service`;
}

/** A little more than all machines together may take. */
const STOP_PATIENCE_SECONDS = STOP_TIMEOUT_MS / 1000 + 20;

/**
 * Scopes in which machines and the daemons of the network run: QEMU's and the daemons' are named by our drivers, those
 * of containers and their monitors by Podman. What starts before us ends after us: on the host's way down systemd
 * leaves them alone until we have stopped them.
 */
const OWN_SCOPES = ['godwit-vm-.scope', 'godwit-net-.scope', 'libpod-.scope'];

/**
 * The unit's text. Only the program itself is stopped or restarted by systemd (`KillMode=process`): machines are not
 * its children, and outlive it; so do the daemons of its network, and one of those that runs out of memory
 * (`OOMPolicy=continue`) is no reason to end. It comes back when it crashes or cannot start yet, not when `godwit down`
 * ended it. When the host goes down it has the time that machines need to stop in order.
 */
export function renderUnit(state: StateFolder, listen: Listen): string {
  const command = [join(projectRoot, 'godwit'), 'up', '--state', state.root, '--listen', address(listen)];
  return `[Unit]
Description=Godwit private cloud (${plain(state.root)})
Documentation=${plain(pathToFileURL(join(projectRoot, 'README.md')).href)}
Wants=network-online.target
After=network-online.target dbus.service
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=${command.map(word).join(' ')}
Restart=on-failure
RestartSec=1
KillMode=process
TimeoutStopSec=${STOP_PATIENCE_SECONDS}
OOMPolicy=continue
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
  for (const { folder, file } of orderFiles(state)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `[Unit]\nBefore=${unitName(state)}\n`);
  }
  terminal.step(`wrote ${path}`);
  order('daemon-reload');
  order('enable', unitName(state));
  // One that runs already takes the new settings, or the new version; machines do not notice.
  order('restart', unitName(state));
  terminal.success(`${unitName(state)} runs, and starts with this machine`);
}

/** Takes the unit away again, where there is one. */
export function removeUnit(state: StateFolder, say: (line: string) => void): void {
  const path = unitPath(state);
  if (!existsSync(path)) return;
  order('disable', '--now', unitName(state));
  rmSync(path);
  for (const { folder, file } of orderFiles(state)) {
    rmSync(file, { force: true });
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
  order('daemon-reload');
  say(`removed ${path}`);
}

const UNITS = '/etc/systemd/system';

const unitPath = (state: StateFolder) => join(UNITS, unitName(state));

/** Additions of ours to the units of these scopes, one file for each Godwit of this host. */
const orderFiles = (state: StateFolder) =>
  OWN_SCOPES.map((scope) => {
    const folder = join(UNITS, `${scope}.d`);
    return { folder, file: join(folder, `${unitName(state)}.conf`) };
  });

function order(...words: readonly string[]): void {
  const { status, stderr } = systemctl(...words);
  if (status === 0) return;
  throw new Failure('install-failed', `systemctl ${words.join(' ')}: ${stderr?.trim()}`);
}
