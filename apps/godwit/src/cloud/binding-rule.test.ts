import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createOperations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import { balancePolicy, builtInKinds, node, type Pod, pod } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';
import { BindingRule } from './binding-rule.ts';

/** Two who place machines, neither of whom has heard of the other, before one API. */
let leaders: readonly [ApiClient, ApiClient];
let rule: BindingRule;

beforeEach(async () => {
  const random = new SeededRandom(1);
  const world: World = { clock: new VirtualClock(), random, ids: new SeededIds(random.fork()), log: silentLog };
  rule = new BindingRule();
  const store = new MemoryStore(world);
  const operations = await createOperations({ world, store, kinds: builtInKinds, allocations: rule.allocations });
  rule.follow(operations, world);
  const leader = () => new ApiClient(operations.as({ name: 'leader', groups: ['system:masters'] }), world);
  leaders = [leader(), leader()];
  for (const [name, labels] of [
    ['host', {}],
    ['vault', { for: 'bank' }],
  ] as const) {
    await leaders[0].resource(node).create({ metadata: { name, labels } });
    const status = { allocatable: { cpu: '2', memory: '4Gi', pods: '10' } };
    await leaders[0]
      .resource(node)
      .modify({ name }, (draft) => Object.assign(draft, { status }) !== undefined, { subresource: 'status' });
  }
});

afterEach(() => {
  for (const leader of leaders) leader.close();
  rule.close();
});

async function make(name: string, company: string): Promise<Pod> {
  return leaders[0].resource(pod).create({
    metadata: { name, namespace: 'default', labels: { company } },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] },
  });
}

function bind(leader: ApiClient, name: string, host: string): Promise<unknown> {
  return leader.door.create(
    { group: '', version: 'v1', plural: 'pods', namespace: 'default', name, subresource: 'binding' },
    { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: host } },
  );
}

/** What became of two bindings that were begun at the same moment. */
async function race(one: readonly [string, string], other: readonly [string, string]): Promise<readonly string[]> {
  const results = await Promise.allSettled([bind(leaders[0], ...one), bind(leaders[1], ...other)]);
  return results.map((result) => (result.status === 'fulfilled' ? 'bound' : (result.reason as Error).message));
}

test('two leaders who race put no two tenants together who must not share a host', async () => {
  await leaders[0].resource(balancePolicy).create({
    metadata: { name: 'all' },
    spec: { placement: { isolation: { tenantLabel: 'company', apart: [{ tenants: ['coke', 'pepsi'] }] } } },
  });
  await make('a', 'coke');
  await make('b', 'pepsi');
  const results = await race(['a', 'host'], ['b', 'host']);
  assert.equal(results.filter((result) => result === 'bound').length, 1);
  assert.match(
    results.find((result) => result !== 'bound') ?? '',
    /does not fit on node "host": node\(s\) were those of other tenants/,
  );
  const bound = (await leaders[0].resource(pod).list()).items.filter(({ spec }) => spec.nodeName);
  assert.equal(bound.length, 1);
});

test('a host of one tenant takes nobody else, whoever has not heard of the policy', async () => {
  const dedicated = [{ tenant: 'bank', nodeSelector: { for: 'bank' } }];
  const spec = { placement: { isolation: { tenantLabel: 'company', dedicated } } };
  await leaders[0].resource(balancePolicy).create({ metadata: { name: 'all' }, spec });
  await make('a', 'coke');
  await make('b', 'bank');
  const [coke, bank] = await race(['a', 'vault'], ['b', 'vault']);
  assert.match(coke ?? '', /does not fit on node "vault": node\(s\) were those of other tenants/);
  assert.equal(bank, 'bound');
  await bind(leaders[1], 'a', 'host');
});

test('what a policy of some hosts gives out more often is given out there only', async () => {
  await leaders[0].resource(balancePolicy).create({
    metadata: { name: 'vaults' },
    spec: { hostSelector: { matchLabels: { for: 'bank' } }, placement: { overcommit: { cpu: 2 } } },
  });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await make(name, name);
  for (const name of ['a', 'b', 'c']) await bind(leaders[0], name, 'vault');
  assert.deepEqual(await race(['d', 'host'], ['e', 'host']), ['bound', 'bound']);
  await assert.rejects(bind(leaders[0], 'f', 'host'), /Insufficient cpu/);
  await bind(leaders[1], 'f', 'vault');
});
