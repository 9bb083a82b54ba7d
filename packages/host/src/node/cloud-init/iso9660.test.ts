import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { iso9660 } from './iso9660.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('an image is whole sectors, and says its label in both trees', () => {
  const image = iso9660('cidata', new Map([['user-data', bytes('#cloud-config\n')]]), 0);
  assert.equal(image.length % 2048, 0);
  assert.equal(new TextDecoder().decode(image.subarray(16 * 2048 + 1, 16 * 2048 + 6)), 'CD001');
  assert.equal(new TextDecoder().decode(image.subarray(16 * 2048 + 40, 16 * 2048 + 46)), 'cidata');
  assert.equal(new TextDecoder('utf-16be').decode(image.subarray(17 * 2048 + 40, 17 * 2048 + 52)), 'cidata');
});

test('other programs read names, folders and contents back', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-iso-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = new Map([
    ['meta-data', bytes('instance-id: a\n')],
    ['meta-data-more', bytes('same first eight characters')],
    ['user-data', bytes('x'.repeat(5000))],
    ['empty', bytes('')],
    ['openstack/latest/user_data', bytes('deep')],
    ...Array.from({ length: 60 }, (_, index) => [`many/key-${index}.yaml`, bytes(`value ${index}`)] as const),
  ]);
  const path = join(folder, 'seed.iso');
  writeFileSync(path, iso9660('config-2', files, Date.UTC(2026, 0, 2)));
  try {
    execFileSync('isoinfo', ['-version'], { stdio: 'ignore' });
  } catch {
    return t.skip('isoinfo (package genisoimage) is not installed');
  }
  for (const [name, contents] of files) {
    const read = execFileSync('isoinfo', ['-J', '-i', path, '-x', `/${name}`]);
    assert.equal(read.toString(), new TextDecoder().decode(contents), name);
  }
  const listing = execFileSync('isoinfo', ['-f', '-i', path]).toString();
  assert.match(listing, /\/OPENSTAC\/LATEST\/USER_DAT/);
});
