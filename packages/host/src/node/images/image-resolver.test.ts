import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImageResolver } from './index.ts';

/** An engine that answers `image inspect NAME` with what the file NAME says at once, but only once nothing holds it. */
const ENGINE = `#!/bin/sh
cd "$(dirname "$0")"
id=$(cat "$3")
: > "asked-$3"
while [ -e "hold-$3" ]; do sleep 0.01; done
echo "[{\\"Id\\":\\"$id\\"}]"
`;

test('what was looked up before the store changed is not believed after', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-resolver-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);
  const says = (name: string, text: string) => writeFileSync(file(name), text);
  writeFileSync(file('engine'), ENGINE, { mode: 0o755 });
  mkdirSync(file('overlay-images'));
  says('overlay-images/images.json', 'before');
  const resolver = new ImageResolver({ stores: [folder], podman: file('engine') });
  const find = async (name: string) => (await resolver.resolve(name, 'Never', new AbortController().signal)).id;
  says('web', 'old');
  says('hold-web', '');
  const early = find('web');
  while (!existsSync(file('asked-web'))) await sleep(5);
  says('web', 'new');
  says('other', 'another');
  says('overlay-images/images.json', 'and after');
  assert.equal(await find('other'), 'another');
  rmSync(file('hold-web'));
  assert.equal(await early, 'old');
  assert.equal(await find('web'), 'new');
});
