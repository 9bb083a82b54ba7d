import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from '@godwit/base';
import type { Door, WatchEvent } from '@godwit/kinds';
import * as fc from 'fast-check';
import { configMap, configMaps, openDoor } from './testing/open-door.ts';

type Step =
  | { readonly type: 'create' | 'delete' | 'finish'; readonly name: string; readonly label: string }
  | { readonly type: 'label' | 'data'; readonly name: string; readonly label: string };

const step: fc.Arbitrary<Step> = fc.record(
  {
    type: fc.constantFrom(
      'create' as const,
      'create' as const,
      'delete' as const,
      'finish' as const,
      'label' as const,
      'data' as const,
    ),
    name: fc.constantFrom('a', 'b', 'c'),
    label: fc.constantFrom('yes', 'no'),
  },
  { noNullPrototype: true },
);

async function run(door: Door, { type, name, label }: Step): Promise<void> {
  const address = { ...configMaps, name };
  const merge = (body: object) => door.patch(address, { type: 'merge', body });
  try {
    if (type === 'create') {
      const finalizers = label === 'yes' ? ['example.com/wait'] : [];
      await door.create(configMaps, configMap(name, {}, { labels: { on: label }, finalizers }));
    } else if (type === 'delete') await door.delete(address);
    else if (type === 'finish') await merge({ metadata: { finalizers: null } });
    else await merge(type === 'label' ? { metadata: { labels: { on: label } } } : { data: { x: label } });
  } catch (error) {
    if (!hasCode(error, 'NotFound') && !hasCode(error, 'AlreadyExists')) throw error;
  }
}

/** What a client knows who lists nothing and believes every event. */
class Believer {
  readonly #known = new Map<string, string>();
  #revision = 0;

  see({ type, object }: WatchEvent): void {
    if (type === 'ERROR' || type === 'BOOKMARK') return;
    const { name, resourceVersion } = object.metadata;
    assert.ok(Number(resourceVersion) >= this.#revision, 'versions never go back');
    this.#revision = Number(resourceVersion);
    assert.equal(this.#known.has(name), type !== 'ADDED', `${type} of ${name}`);
    if (type === 'DELETED') this.#known.delete(name);
    else this.#known.set(name, resourceVersion);
  }

  get known(): readonly string[] {
    return [...this.#known].map(([name, version]) => `${name}@${version}`).sort();
  }
}

test('whoever believes every event knows what a list says, with and without a selector', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { door, operations } = await openDoor();
      const { resourceVersion } = await door.list(configMaps);
      const stop = new AbortController();
      const selections = [{}, { labelSelector: 'on=yes' }, { fieldSelector: 'metadata.name=a' }];
      const watchers = selections.map((selection) => {
        const believer = new Believer();
        const reading = (async () => {
          for await (const event of door.watch(configMaps, { ...selection, resourceVersion }, stop.signal)) {
            believer.see(event);
          }
        })();
        return { selection, believer, reading };
      });
      for (const each of steps) await run(door, each);
      await new Promise((resolve) => setImmediate(resolve));
      for (const { selection, believer } of watchers) {
        const list = await door.list(configMaps, selection);
        const listed = list.items.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
        assert.deepEqual(believer.known, listed);
      }
      stop.abort();
      await Promise.all(watchers.map(({ reading }) => reading));
      await operations.close();
    }),
    { numRuns: 40 },
  );
});

test('who has written sees it in everything that is decided next', async () => {
  const { door, operations } = await openDoor();
  const jane = { name: 'jane', groups: [] };
  for (let round = 0; round < 20; round++) {
    const namespace = `team-${round}`;
    await door.create({ group: '', version: 'v1', plural: 'namespaces' }, { metadata: { name: namespace } });
    await door.create({ ...configMaps, namespace }, configMap('first'));
    const bindings = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'rolebindings', namespace };
    await door.create(bindings, {
      metadata: { name: 'jane' },
      roleRef: { apiGroup: bindings.group, kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'User', apiGroup: bindings.group, name: 'jane' }],
    });
    assert.equal((await operations.as(jane).list({ ...configMaps, namespace })).items.length, 1);
    await door.delete({ ...bindings, name: 'jane' });
    await assert.rejects(operations.as(jane).list({ ...configMaps, namespace }), { code: 'Forbidden' });
  }
});
