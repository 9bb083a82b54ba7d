import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { after, before, test } from 'node:test';
import type { Status } from '@godwit/kinds';
import type { KeyPair } from '../../apps/godwit/src/pki/certificates.ts';
import { ApiUnderTest } from './support/api-under-test.ts';
import { HttpsClient, http2Session, type RawAnswer } from './support/https-client.ts';

let api: ApiUnderTest;
let pair: KeyPair;
let admin: HttpsClient;

before(async () => {
  api = await ApiUnderTest.start();
  pair = await api.issue('admin', ['system:masters']);
  admin = new HttpsClient(api, pair);
});
after(async () => {
  admin.close();
  await api.close();
});

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const post = (body: string | Buffer, contentType = 'application/json', query = '') =>
  admin.send(`${configMaps}${query}`, { method: 'POST', headers: { 'content-type': contentType }, body });

function assertStatus(answer: RawAnswer, code: number, reason: string, message: RegExp): void {
  assert.equal(answer.status, code, String(answer.body));
  const status = answer.json<Status>();
  assert.deepEqual([status.kind, status.code, status.reason], ['Status', code, reason]);
  assert.match(status.message ?? '', message);
}

test('strangers see the version and the health, and nothing else', async () => {
  const stranger = new HttpsClient(api);
  for (const path of ['/version', '/livez', '/readyz', '/readyz/ping']) {
    assert.equal((await stranger.send(path)).status, 200, path);
  }
  for (const path of ['/api', '/apis', '/openapi/v2', '/metrics', configMaps]) {
    assertStatus(await stranger.send(path), 401, 'Unauthorized', /Unauthorized/);
  }
  const wrong = await stranger.send('/api', { headers: { authorization: 'Bearer not-a-token' } });
  assertStatus(wrong, 401, 'Unauthorized', /./);
  stranger.close();
});

test('a service account is known by its token, and only with it, and only while it is there', async () => {
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } });
  assert.equal((await admin.send(accounts, { method: 'POST', headers: json, body })).status, 201);
  const request = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  const issued = await admin.send(`${accounts}/robot/token`, { method: 'POST', headers: json, body: request });
  assert.equal(issued.status, 201, String(issued.body));
  const { token } = issued.json<{ status: { token: string } }>().status;
  const robot = new HttpsClient(api);
  const authorization = `Bearer ${token}`;
  const groups = await robot.send('/api', { headers: { authorization } });
  assert.equal(groups.status, 200);
  const secret = await robot.send('/api/v1/namespaces/default/secrets', { headers: { authorization } });
  assertStatus(secret, 403, 'Forbidden', /User "system:serviceaccount:default:robot" cannot list resource "secrets"/);
  const forged = `${token.slice(0, -4)}AAAA`;
  const broken = await robot.send('/api', { headers: { authorization: `Bearer ${forged}` } });
  assertStatus(broken, 401, 'Unauthorized', /./);
  assert.equal((await admin.send(`${accounts}/robot`, { method: 'DELETE' })).status, 200);
  assertStatus(await robot.send('/api', { headers: { authorization } }), 401, 'Unauthorized', /./);
  robot.close();
});

test('metrics, and the keys that tokens are signed with', async () => {
  assert.match(String((await admin.send('/metrics')).body), /godwit_up 1/);
  const { keys } = (await admin.send('/openid/v1/jwks')).json<{ keys: Record<string, string>[] }>();
  assert.deepEqual([keys[0]?.kty, keys[0]?.d], ['EC', undefined]);
  const about = (await admin.send('/.well-known/openid-configuration')).json<{ issuer: string }>();
  assert.equal(about.issuer, 'https://test');
});

test('a certificate of another authority counts for nothing', async () => {
  const other = await ApiUnderTest.start();
  const impostor = new HttpsClient(api, await other.issue('admin', ['system:masters']));
  assertStatus(await impostor.send('/api'), 401, 'Unauthorized', /Unauthorized/);
  impostor.close();
  await other.close();
});

test('malformed bodies are told where they break', async () => {
  assertStatus(await post('{"kind": "ConfigMap",\n  oops}'), 400, 'BadRequest', /not valid JSON: line 2, column 3/);
  const yaml = await post('kind: ConfigMap\nmetadata: {name: a\ndata: x', 'application/yaml');
  assertStatus(yaml, 400, 'BadRequest', /not valid YAML: line \d+, column \d+/);
  assertStatus(await post(''), 400, 'BadRequest', /line 1, column 1/);
});

test('a body that is nested without end, or packed, is refused and nothing else happens', async () => {
  const deep = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
  assert.equal((await post(deep)).status, 400);
  const yaml = `apiVersion: v1\nkind: ConfigMap\ndata: ${'['.repeat(100_000)}`;
  assert.equal((await post(yaml, 'application/yaml')).status, 400);
  const packed = await admin.send(configMaps, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: configMap('packed'),
  });
  assertStatus(packed, 415, 'UnsupportedMediaType', /gzip/);
  assert.equal((await admin.send('/readyz')).status, 200);
});

test('YAML is taken and given', async () => {
  const made = await post(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: written}\ndata: {a: "1"}\n',
    'application/yaml',
  );
  assert.equal(made.status, 201, String(made.body));
  const read = await admin.send(`${configMaps}/written`, { headers: { accept: 'application/yaml' } });
  assert.equal(read.headers['content-type'], 'application/yaml');
  assert.match(String(read.body), /^ {2}name: written$/m);
});

test('fields that are named twice are refused, warned of, or passed over', async () => {
  const doubled = (name: string) =>
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"},"data":{"a":"1","a":"2"}}`;
  const refused = await post(doubled('strict'), undefined, '?fieldValidation=Strict');
  assert.equal(refused.status, 400, String(refused.body));
  assert.match(String(refused.body), /duplicate field.*data\.a/);
  const warned = await post(doubled('warn'), undefined, '?fieldValidation=Warn');
  assert.equal(warned.status, 201);
  assert.match(String(warned.headers.warning), /^299 - "duplicate field .*data\.a/);
  const ignored = await post(doubled('ignore'), undefined, '?fieldValidation=Ignore');
  assert.deepEqual([ignored.status, ignored.headers.warning], [201, undefined]);
});

test('media types that are not spoken', async () => {
  const protobuf = 'application/vnd.kubernetes.protobuf';
  assertStatus(await post('x', 'application/cbor'), 415, 'UnsupportedMediaType', /application\/json/);
  assertStatus(await post(Buffer.from('k8s\0\x0a'), protobuf), 400, 'BadRequest', /not valid protobuf/);
  const only = await admin.send(configMaps, { headers: { accept: protobuf } });
  assertStatus(only, 406, 'NotAcceptable', /application\/json/);
  const rather = await admin.send(configMaps, { headers: { accept: `${protobuf}, application/json` } });
  assert.equal(rather.headers['content-type'], 'application/json');
  const patch = await admin.send(`${configMaps}/written`, { method: 'PATCH', body: '{}' });
  assertStatus(patch, 415, 'UnsupportedMediaType', /merge-patch/);
});

test('a body that is too large is refused, with an answer that can be read', async () => {
  const huge = configMap('huge', { a: 'x'.repeat(5_000_000) });
  assertStatus(await post(huge), 413, 'RequestEntityTooLarge', /at most \d+ bytes/);
  const chunked = await admin.send(configMaps, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    body: huge,
  });
  assertStatus(chunked, 413, 'RequestEntityTooLarge', /at most \d+ bytes/);
});

test('methods and paths that are not there', async () => {
  assertStatus(await admin.send('/api/v1/nonsenses'), 404, 'NotFound', /could not find the requested resource/);
  assertStatus(await admin.send('/apis/nothing.example/v1'), 404, 'NotFound', /could not find/);
  assertStatus(await admin.send('/nowhere'), 404, 'NotFound', /could not find/);
  assertStatus(await admin.send(configMaps, { method: 'PUT', body: '{}' }), 405, 'MethodNotAllowed', /method/);
  assertStatus(await admin.send(`${configMaps}/%zz`), 400, 'BadRequest', /escape/);
  assertStatus(await admin.send(`${configMaps}?limit=x`), 400, 'BadRequest', /limit/);
});

test('pretty printing, and HEAD', async () => {
  await post(configMap('plain'));
  const plain = await admin.send(`${configMaps}/plain`);
  assert.equal(String(plain.body).includes('\n  '), false);
  const pretty = await admin.send(`${configMaps}/plain?pretty=true`);
  assert.match(String(pretty.body), /\n {2}"metadata": \{\n/);
  assert.deepEqual(pretty.json(), plain.json());
  const byEye = await admin.send(`${configMaps}/plain`, { headers: { 'user-agent': 'curl/8.5.0' } });
  assert.equal(String(byEye.body), String(pretty.body));
  const asked = await admin.send(`${configMaps}/plain?pretty=false`, { headers: { 'user-agent': 'curl/8.5.0' } });
  assert.equal(String(asked.body), String(plain.body));
  const head = await admin.send(`${configMaps}/plain`, { method: 'HEAD' });
  assert.equal(head.body.length, 0);
  assert.equal(head.headers['content-length'], plain.headers['content-length']);
});

test('tables and metadata alone', async () => {
  const accept = (as: string) => ({ headers: { accept: `application/json;as=${as};g=meta.k8s.io;v=v1` } });
  const table = (await admin.send(configMaps, accept('Table'))).json<Table>();
  assert.equal(table.kind, 'Table');
  assert.deepEqual(
    table.columnDefinitions.map(({ name }) => name),
    ['Name', 'Data', 'Age'],
  );
  assert.equal(table.rows[0]?.object?.kind, 'PartialObjectMetadata');
  const bare = (await admin.send(`${configMaps}?includeObject=None`, accept('Table'))).json<Table>();
  assert.equal(bare.rows[0]?.object, undefined);
  const one = (await admin.send(`${configMaps}/plain`, accept('Table'))).json<Table>();
  assert.deepEqual(
    one.rows.map(({ cells }) => cells[0]),
    ['plain'],
  );
  const metadata = (await admin.send(configMaps, accept('PartialObjectMetadataList'))).json<{
    kind: string;
    items: object[];
  }>();
  assert.equal(metadata.kind, 'PartialObjectMetadataList');
  assert.ok(metadata.items.every((item) => !('data' in item)));
});

interface Table {
  readonly kind: string;
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object?: { readonly kind: string } }[];
}

test('discovery is told once, and then that it has not changed', async () => {
  const headers = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  const first = await admin.send('/apis', { headers });
  assert.equal(first.json<{ kind: string }>().kind, 'APIGroupDiscoveryList');
  const etag = first.headers.etag as string;
  assert.equal((await admin.send('/apis', { headers: { ...headers, 'if-none-match': etag } })).status, 304);
});

test('OpenAPI v3: every document that the index names, under its hash', async () => {
  const { paths } = (await admin.send('/openapi/v3')).json<{ paths: Record<string, { serverRelativeURL: string }> }>();
  assert.ok(paths['api/v1'] && paths['apis/apps/v1'] && paths['apis/kubevirt.io/v1']);
  for (const { serverRelativeURL } of Object.values(paths)) {
    const answer = await admin.send(serverRelativeURL);
    assert.equal(answer.json<{ openapi: string }>().openapi, '3.0.0');
    assert.match(String(answer.headers['cache-control']), /immutable/);
  }
});

test('a flood is told to come again, and the others are served meanwhile', async (t) => {
  const narrow = await ApiUnderTest.start({ total: 100, perUser: 4 });
  const flooder = http2Session(narrow, await narrow.issue('flooder', ['system:masters']));
  const other = new HttpsClient(narrow, await narrow.issue('other', ['system:masters']));
  t.after(async () => {
    flooder.destroy();
    other.close();
    await narrow.close();
  });
  const flood = Array.from({ length: 100 }, (_, i) => postOver(flooder, configMap(`flood-${i}`)));
  assert.equal((await other.send(configMaps)).status, 200);
  const answers = await Promise.all(flood);
  const refused = answers.find(({ headers }) => Number(headers[':status']) === 429);
  assert.match(refused?.body ?? '', /"reason":"TooManyRequests".*"code":429/);
  assert.match(refused?.body ?? '', /user \\"flooder\\" has too many requests/);
  assert.equal(refused?.headers['retry-after'], '1');
  const made = answers.filter(({ headers }) => Number(headers[':status']) === 201);
  assert.ok(made.length > 0);
  const { items } = (await other.send(configMaps)).json<{ items: object[] }>();
  assert.equal(items.length, made.length);
});

test('a watch ends when its time is up, and its answer is whole', async () => {
  const answer = await admin.send(`${configMaps}?watch=1&timeoutSeconds=1`);
  assert.equal(answer.status, 200);
  const events = String(answer.body).trimEnd().split('\n');
  assert.ok(events.every((line) => line.startsWith('{"type":"ADDED"')));
});

test('a list can be read as a watch: what is there, a mark, and then what changes', async () => {
  const path = '/api/v1/namespaces/kube-public/configmaps';
  const headers = { 'content-type': 'application/json' };
  for (const name of ['a', 'b']) await admin.send(path, { method: 'POST', headers, body: configMap(name) });
  const query =
    'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1';
  const answer = await admin.send(`${path}?${query}`);
  const events = String(answer.body)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as WatchLine);
  const seen = events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim());
  assert.deepEqual(seen.slice(0, 3), ['ADDED a', 'ADDED b', 'BOOKMARK']);
  assert.equal(events[2]?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
  const after = `${path}?watch=1&resourceVersion=${events[2]?.object.metadata.resourceVersion}&timeoutSeconds=1`;
  assert.equal(String((await admin.send(after)).body), '');
});

interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name?: string; resourceVersion: string; annotations?: Record<string, string> };
  };
}

test('HTTP/2: many requests on one connection, a watch among them', async () => {
  const session = http2Session(api, pair);
  const watch = session.request({ ':path': `${configMaps}?watch=1&fieldSelector=metadata.name%3Dtwo` });
  const lines: string[] = [];
  watch.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  await once(watch, 'response');
  const writes = Array.from({ length: 50 }, (_, i) => postOver(session, configMap(i === 7 ? 'two' : `h2-${i}`)));
  const statuses = (await Promise.all(writes)).map(({ headers }) => headers[':status']);
  assert.deepEqual([...new Set(statuses)], [201]);
  while (!lines.join('').includes('\n')) await once(watch, 'data');
  assert.match(lines.join(''), /^\{"type":"ADDED","object":\{.*"name":"two"/);
  watch.close();
  session.close();
});

/** One POST as a stream of an HTTP/2 connection. */
async function postOver(
  session: ClientHttp2Session,
  text: string,
): Promise<{ readonly headers: IncomingHttpHeaders; readonly body: string }> {
  const stream = session.request({ ':method': 'POST', ':path': configMaps, 'content-type': 'application/json' });
  stream.end(text);
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  let body = '';
  for await (const chunk of stream.setEncoding('utf8')) body += chunk;
  return { headers, body };
}
