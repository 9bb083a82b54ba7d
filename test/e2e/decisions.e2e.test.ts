/** Why machines are where they are, where they would go, and how many there should be: the verbs that kubectl lacks. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { GodwitUnderTest, waitFor } from '../support/godwit.ts';

const godwit = new GodwitUnderTest();
before(() => godwit.up());
after(() => godwit.stop());

/** Nothing of it runs: there is no such image. */
const manifest = (replicas: number, memory: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "localhost/there-is-none:1", resources: {requests: {memory: ${memory}}}}]}
`;

interface Placed {
  readonly of: string;
  readonly host: string | null;
  readonly explanation: string;
}

async function place(text: string, ...options: string[]) {
  const file = join(godwit.state, 'manifest.yaml');
  writeFileSync(file, text);
  const { status, stdout, stderr } = await godwit.verb('place', '-f', file, '-o', 'json', ...options);
  assert.notEqual(stdout, '', stderr);
  return { status, machines: JSON.parse(stdout) as readonly Placed[] };
}

test('a dry run says where machines would go, and makes nothing', async () => {
  const { status, machines } = await place(manifest(2, '16Mi'), '--dry-run');
  assert.equal(status, 0);
  assert.deepEqual(
    machines.map(({ of, host }) => [of, host !== null]),
    [
      ['Deployment/web', true],
      ['Deployment/web', true],
    ],
  );
  assert.match(machines[0]?.explanation ?? '', /was chosen from 1 host/);
  const refused = await place(manifest(1, '900Ti'), '--dry-run');
  assert.deepEqual([refused.status, refused.machines[0]?.host], [1, null]);
  assert.match(refused.machines[0]?.explanation ?? '', /Insufficient memory/);
  assert.equal(await godwit.get('deployment', 'web'), undefined);
});

test('what was placed has a decision, which kubectl lists, describes and selects', async () => {
  const { status, machines } = await place(manifest(2, '16Mi'));
  assert.deepEqual([status, machines.length], [0, 2]);
  const table = await godwit.kubectl('get', 'decisions');
  assert.match(table, /^NAME +ACTION +SUBJECT +CHOSEN +POLICY +AGE\n/);
  assert.equal([...table.matchAll(/^pod\.web-\S+ +Place +Pod\/web-\S+ +\S+ +spread +/gm)].length, 2);
  assert.match(await godwit.kubectl('describe', 'decisions'), /Explanation: +\S+ was chosen from 1 host/);
  const name = (await godwit.kubectl('get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  const selected = await godwit.kubectl('get', 'decisions', '--field-selector', `subject.name=${name}`, '-o', 'name');
  assert.match(selected, new RegExp(`^decision.godwit.dev/pod.${name}.[0-9a-f]{8}\n$`));
  const why = await godwit.verb('why', `pod/${name}`);
  assert.match(why.stdout, /asked by default-scheduler, at \S+Z, for memory 16 MiB, as things stood at revision \d+/);
});

test('a number that is set says so beside it, and its machines come', async () => {
  const dry = await godwit.verb('scale', 'deployment/web', '--replicas', '3', '--dry-run');
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /would go from 2 to 3\n[^]*would run on [^]*Nothing was changed/);
  const done = await godwit.verb('scale', 'deploy/web', '--replicas', '3');
  assert.equal(done.status, 0, done.stderr);
  const list = await godwit.kubectl('get', 'decisions', '--field-selector', 'action=Scale', '-o', 'wide');
  assert.match(list, /^deployment\.web\.\S+ +Scale +Deployment\/web +3 machines +manual /m);
  assert.doesNotMatch(list, /^replicaset/m);
  await waitFor('three pods', async () => (await godwit.kubectl('get', 'pods', '-o', 'name')).split('\n').length === 4);
  const refused = await godwit.verb('scale', 'pod/web', '--replicas', '3');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /expected one of deployment\/NAME/);
});

test('more important pods push out less important ones', async () => {
  await godwit.apply(
    '{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"urgent"},"value":1000}',
  );
  const node = (await godwit.kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
  const pod = (name: string, more: object) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          { name: 'main', image: 'localhost/there-is-none:1', ports: [{ containerPort: 80, hostPort: 18_080 }] },
        ],
        ...more,
      },
    });
  await godwit.apply(pod('first', {}));
  const hostOf = async (name: string) =>
    (await godwit.get<{ spec: { nodeName?: string } }>('pod', name))?.spec.nodeName;
  await waitFor('the first is bound', async () => (await hostOf('first')) === node);
  await godwit.apply(pod('second', { priorityClassName: 'urgent' }));
  await waitFor('the second has its place', async () => (await hostOf('second')) === node);
  assert.equal(await godwit.get('pod', 'first'), undefined);
  const why = await godwit.verb('why', 'pod/second');
  assert.match(why.stdout, /default\/first had to make room for it/);
});
