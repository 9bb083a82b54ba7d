import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import { openPki } from './pki-folder.ts';

const names = { names: ['localhost'], addresses: ['127.0.0.1'] };
const DAY_MS = 86_400_000;

function temporaryFolder(t: { after(task: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-pki-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a second opening finds what the first one made', async (t) => {
  const folder = temporaryFolder(t);
  const clock = new VirtualClock();
  assert.deepEqual(await openPki(folder, names, clock), await openPki(folder, names, clock));
});

test('certificates are signed by the authority and carry user, group and names', async (t) => {
  const pki = await openPki(temporaryFolder(t), names, new VirtualClock());
  const authority = new X509Certificate(pki.authorityCertificate);
  const admin = new X509Certificate(pki.admin.certificate);
  assert.ok(admin.verify(authority.publicKey));
  assert.equal(admin.subject, 'O=system:masters\nCN=admin');
  assert.equal(new X509Certificate(pki.server.certificate).subjectAltName, 'DNS:localhost, IP Address:127.0.0.1');
});

test('the server certificate is renewed for a new address and before it expires; the authority stays', async (t) => {
  const folder = temporaryFolder(t);
  const clock = new VirtualClock();
  const first = await openPki(folder, names, clock);
  const moved = await openPki(folder, { ...names, addresses: ['127.0.0.1', '10.0.0.1'] }, clock);
  assert.notEqual(moved.server.certificate, first.server.certificate);
  await clock.advance(340 * DAY_MS, async () => {});
  const later = await openPki(folder, names, clock);
  assert.notEqual(later.admin.certificate, first.admin.certificate);
  assert.equal(later.authorityCertificate, first.authorityCertificate);
});

test('a clock that was ahead when the certificates were made has no lasting effect', async (t) => {
  const folder = temporaryFolder(t);
  const clock = new VirtualClock();
  clock.jump(400 * DAY_MS);
  const first = await openPki(folder, names, clock);
  clock.jump(-400 * DAY_MS);
  const second = await openPki(folder, names, clock);
  assert.equal(second.authorityCertificate, first.authorityCertificate);
  for (const { certificate } of [second.server, second.admin, { certificate: second.authorityCertificate }]) {
    assert.ok(new X509Certificate(certificate).validFromDate.getTime() <= clock.now());
  }
});

test('a key without its certificate, as a crash between the two writes leaves it, is replaced', async (t) => {
  const folder = temporaryFolder(t);
  const clock = new VirtualClock();
  const first = await openPki(folder, names, clock);
  writeFileSync(join(folder, 'server.key'), readFileSync(join(folder, 'admin.key')));
  const second = await openPki(folder, names, clock);
  assert.notEqual(second.server.certificate, first.server.certificate);
});
