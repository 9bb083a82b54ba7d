import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { STOP_TIMEOUT_MS } from '../cloud/stop-timeout.ts';
import { openStateFolder } from '../state-folder.ts';
import { renderUnit } from './systemd-unit.ts';

test('a unit has its words whole, whatever is in the path', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const state = openStateFolder(join(folder, 'my "cloud" 100% $HOME'));
  const unit = renderUnit(state, { host: '::1', port: 6443 });
  assert.ok(unit.includes(`up --state "${folder}/my \\"cloud\\" 100%% $$HOME" --listen [::1]:6443\n`), unit);
  assert.match(unit, /^Description=.* 100%% \$HOME\)$/m);
});

test('only the program itself is ended by its unit, and it has the time that machines need', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const unit = renderUnit(openStateFolder(join(folder, 'state')), { host: '127.0.0.1', port: 6443 });
  assert.match(unit, /^KillMode=process$/m);
  assert.match(unit, /^OOMPolicy=continue$/m);
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
  assert.ok(Number(seconds) * 1000 > STOP_TIMEOUT_MS, 'systemd waits longer than machines may take');
});
