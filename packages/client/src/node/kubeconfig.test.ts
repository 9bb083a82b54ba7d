import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { describeError, hasCode } from '@godwit/base';
import { defaultKubeconfig, readKubeconfig } from './kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-kubeconfig-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('certificates inline and in files, tokens, contexts', () => {
  write('client.key', 'KEY');
  write('token', 'from-file\n');
  const path = write(
    'config',
    `apiVersion: v1
kind: Config
current-context: here
contexts:
- {name: here, context: {cluster: c, user: certificate, namespace: shop}}
- {name: there, context: {cluster: c, user: token}}
clusters:
- {name: c, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: ${base64('CA')}}}
users:
- {name: certificate, user: {client-certificate-data: ${base64('CERTIFICATE')}, client-key: client.key}}
- {name: token, user: {tokenFile: token}}
`,
  );
  const server = 'https://127.0.0.1:6443';
  assert.deepEqual(readKubeconfig(path), {
    server,
    namespace: 'shop',
    authority: 'CA',
    certificate: 'CERTIFICATE',
    key: 'KEY',
  });
  assert.deepEqual(readKubeconfig(path, 'there'), {
    server,
    namespace: 'default',
    authority: 'CA',
    token: 'from-file',
  });
});

test('what is missing is said', () => {
  const cases: [string, string, RegExp][] = [
    ['empty', '', /empty/],
    ['no-context', 'kind: Config', /no context/],
    [
      'no-server',
      'current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]',
      /cluster c has no server/,
    ],
    ['not-yaml', '{', /cannot be read/],
  ];
  for (const [name, text, why] of cases) {
    assert.throws(
      () => readKubeconfig(write(name, text)),
      (error) => hasCode(error, 'bad-kubeconfig') && why.test(describeError(error)),
      name,
    );
  }
  assert.throws(
    () => readKubeconfig(join(folder, 'nowhere')),
    (error) => hasCode(error, 'bad-kubeconfig'),
  );
});

test('the file that kubectl would read', () => {
  assert.equal(defaultKubeconfig({ KUBECONFIG: '/a/config:/b/config' }), '/a/config');
  assert.match(defaultKubeconfig({}), /\.kube\/config$/);
});
