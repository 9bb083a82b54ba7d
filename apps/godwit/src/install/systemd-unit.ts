import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
 * The unit's text. Only the program itself is stopped or restarted by systemd (`KillMode=process`):
 * machines are not its children, and outlive it.
 */
export function renderUnit(state: StateFolder, listen: Listen): string {
  return `[Unit]
Description=Godwit private cloud (${state.root})
Documentation=file:${join(projectRoot, 'README.md')}
Wants=network-online.target
After=network-online.target

[Service]
Type=simple
ExecStart=${join(projectRoot, 'godwit')} up --state ${state.root} --listen ${listen.host}:${listen.port}
Restart=always
RestartSec=1
KillMode=process
Delegate=yes
LimitNOFILE=1048576
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}

/** Writes, enables and starts the unit. */
export function installUnit(state: StateFolder, listen: Listen, terminal: Terminal): void {
  const name = unitName(state);
  const path = join('/etc/systemd/system', name);
  writeFileSync(path, renderUnit(state, listen));
  terminal.step(`wrote ${path}`);
  for (const args of [['daemon-reload'], ['enable', '--now', name]]) {
    const { status, stderr } = spawnSync('systemctl', args, { encoding: 'utf8' });
    if (status !== 0)
      throw new Failure('install-failed', `systemctl ${args.join(' ')}: ${(stderr ?? 'systemctl is missing').trim()}`);
  }
  terminal.success(`${name} runs, and starts with this machine`);
}
