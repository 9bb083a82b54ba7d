import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, PodTemplate, Stored } from '@godwit/kinds';
import fc from 'fast-check';
import { versionHash } from '../framework/index.ts';
import { boundsOf, type Set, wanted } from './bounds.ts';
import { decide } from './decide.ts';
import { countReplicas } from './deployment-status.ts';
import { newSet } from './new-set.ts';
import { deadlineMs, rolloutConditions } from './rollout-conditions.ts';
import { isSameTemplate } from './template-hash.ts';

const CREATED = '2026-01-01T00:00:00Z';
const NOW = Date.parse(CREATED);
type Spec = Partial<Deployment['spec']>;

function templateOf(image: string): PodTemplate {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } };
}

function deploymentOf(image: string, spec: Spec = {}): Stored<Deployment> {
  const metadata = {
    name: 'web',
    namespace: 'n',
    uid: 'd',
    resourceVersion: '1',
    creationTimestamp: CREATED,
    generation: 1,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: templateOf(image), ...spec },
  };
}

/** A cloud in which ReplicaSets do what they are told at once, and pods become available when they are let. */
class Model {
  deployment: Stored<Deployment>;
  sets: Set[] = [];
  #made = 0;

  constructor(deployment: Stored<Deployment>) {
    this.deployment = deployment;
  }

  change(spec: Spec): void {
    const { metadata } = this.deployment;
    const generation = (metadata.generation ?? 0) + 1;
    this.deployment = {
      ...this.deployment,
      metadata: { ...metadata, generation },
      spec: { ...this.deployment.spec, ...spec },
    };
  }

  /** One reconciliation. True when it did something. */
  step(): boolean {
    const decision = decide({ deployment: this.deployment, sets: this.sets });
    if (decision.create) {
      const made = newSet(this.deployment, decision.create);
      const creationTimestamp = new Date(NOW + 1000 * ++this.#made).toISOString();
      const metadata = {
        ...made.metadata,
        name: made.metadata.name ?? '',
        uid: `s${this.#made}`,
        resourceVersion: '1',
        creationTimestamp,
      };
      this.sets.push({
        ...made,
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata,
        status: { replicas: 0, availableReplicas: 0 },
      });
    }
    for (const { set, replicas, annotations } of decision.change) {
      this.sets[this.sets.indexOf(set)] = {
        ...set,
        metadata: { ...set.metadata, annotations },
        spec: { ...set.spec, replicas },
      };
    }
    this.sets = this.sets.filter((set) => !decision.remove.includes(set));
    this.#follow();
    const { fresh, old } = decide({ deployment: this.deployment, sets: this.sets });
    this.deployment = { ...this.deployment, status: countReplicas(this.deployment, fresh, old) };
    return decision.create !== undefined || decision.change.length + decision.remove.length > 0;
  }

  /** Sets have the pods that they ask for; those that are not available yet go first. */
  #follow(): void {
    this.sets = this.sets.map((set) => {
      const replicas = wanted(set);
      const availableReplicas = Math.min(replicas, set.status?.availableReplicas ?? 0);
      return { ...set, status: { replicas, availableReplicas, readyReplicas: availableReplicas } };
    });
  }

  /** Lets up to `count` more pods of the set become available. */
  makeAvailable(index: number, count: number): void {
    const set = this.sets[index];
    if (!set?.status) return;
    const availableReplicas = Math.min(wanted(set), (set.status.availableReplicas ?? 0) + count);
    this.sets[index] = { ...set, status: { ...set.status, availableReplicas, readyReplicas: availableReplicas } };
  }

  /** Until nothing changes any more, with every pod available at once. */
  settle(): void {
    for (let round = 0; round < 200; round++) {
      const acted = this.step();
      const before = this.available;
      for (const index of this.sets.keys()) this.makeAvailable(index, 1000);
      if (!acted && this.available === before) return;
    }
    assert.fail('the rollout does not come to an end');
  }

  get total(): number {
    return this.sets.reduce((sum, set) => sum + wanted(set), 0);
  }

  get available(): number {
    return this.sets.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
  }

  sizes(): Record<string, number> {
    return Object.fromEntries(this.sets.map((set) => [set.spec.template.spec.containers[0]?.image ?? '', wanted(set)]));
  }
}

test('a new deployment gets one set with all replicas, a revision and its own label', () => {
  const { create, revision } = decide({ deployment: deploymentOf('v1'), sets: [] });
  assert.equal(create?.replicas, 3);
  assert.equal(revision, 1);
  const set = newSet(deploymentOf('v1'), create);
  const hash = set.spec.selector.matchLabels?.['pod-template-hash'];
  assert.equal(set.metadata.name, `web-${hash}`);
  assert.equal(set.spec.template.metadata?.labels?.['pod-template-hash'], hash);
  assert.equal(set.metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
});

test('equal templates have equal hashes, whatever the order of their keys; a collision makes another', () => {
  const a = templateOf('v1');
  const b: PodTemplate = { spec: { containers: [{ image: 'v1', name: 'c' }] }, metadata: { labels: { app: 'web' } } };
  assert.equal(versionHash(a, 0), versionHash(b, 0));
  assert.notEqual(versionHash(a, 0), versionHash(a, 1));
  assert.notEqual(versionHash(a, 0), versionHash(templateOf('v2'), 0));
  const labelled = { ...a, metadata: { labels: { app: 'web', 'pod-template-hash': 'x' } } };
  assert.ok(isSameTemplate(a, labelled));
});

test('percentages of surge round up, of unavailability down; both zero become one away', () => {
  const bounds = (maxSurge: string | number, maxUnavailable: string | number, replicas: number) =>
    boundsOf(deploymentOf('v1', { replicas, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } }));
  assert.deepEqual(bounds('25%', '25%', 3), { replicas: 3, maxSurge: 1, maxUnavailable: 0, minAvailable: 3 });
  assert.deepEqual(bounds('0%', '10%', 3), { replicas: 3, maxSurge: 0, maxUnavailable: 1, minAvailable: 2 });
});

test('a rolling update goes through, keeps history and numbers it', () => {
  const model = new Model(deploymentOf('v1'));
  model.settle();
  model.change({ template: templateOf('v2') });
  model.settle();
  assert.deepEqual(model.sizes(), { v1: 0, v2: 3 });
  const revisions = model.sets.map((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision']);
  assert.deepEqual(revisions, ['1', '2']);
});

test('going back takes the old set again, under a new number', () => {
  const model = new Model(deploymentOf('v1'));
  model.settle();
  model.change({ template: templateOf('v2') });
  model.settle();
  model.change({ template: templateOf('v1') });
  model.settle();
  assert.deepEqual(model.sizes(), { v1: 3, v2: 0 });
  const [first] = model.sets;
  assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
  assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
});

test('history beyond its limit goes, the oldest first', () => {
  const model = new Model(deploymentOf('v1', { revisionHistoryLimit: 1 }));
  for (const image of ['v1', 'v2', 'v3', 'v4']) {
    model.change({ template: templateOf(image) });
    model.settle();
  }
  assert.deepEqual(model.sizes(), { v3: 0, v4: 3 });
});

test('paused: nothing is rolled out, but scaling works', () => {
  const model = new Model(deploymentOf('v1'));
  model.settle();
  model.change({ paused: true, template: templateOf('v2') });
  model.settle();
  assert.deepEqual(model.sizes(), { v1: 3 });
  model.change({ replicas: 5 });
  model.settle();
  assert.deepEqual(model.sizes(), { v1: 5 });
  model.change({ paused: false });
  model.settle();
  assert.deepEqual(model.sizes(), { v1: 0, v2: 5 });
});

test('Recreate: the new version waits until the last old pod has stopped', () => {
  const model = new Model(deploymentOf('v1', { strategy: { type: 'Recreate' } }));
  model.settle();
  model.change({ template: templateOf('v2') });
  model.step();
  assert.deepEqual(model.sizes(), { v1: 0 });
  const [old] = model.sets;
  assert.ok(old);
  model.sets[0] = { ...old, status: { replicas: 0, terminatingReplicas: 1 } };
  assert.equal(decide({ deployment: model.deployment, sets: model.sets }).create, undefined);
  model.sets[0] = { ...old, status: { replicas: 0, terminatingReplicas: 0 } };
  model.settle();
  assert.deepEqual(model.sizes(), { v1: 0, v2: 3 });
});

test('a change of size in the middle of a rollout is shared out in proportion', () => {
  const model = new Model(
    deploymentOf('v1', { replicas: 10, strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }),
  );
  model.settle();
  model.change({ template: templateOf('v2') });
  model.step();
  model.step();
  assert.deepEqual(model.sizes(), { v1: 8, v2: 3 });
  model.step();
  assert.deepEqual(model.sizes(), { v1: 8, v2: 5 });
  model.change({ replicas: 15 });
  model.step();
  assert.deepEqual(model.sizes(), { v1: 11, v2: 7 });
});

const share = fc.oneof(
  fc.nat(4),
  fc.nat(100).map((percent) => `${percent}%`),
);
const move = fc.oneof(
  fc.record({ type: fc.constant('available' as const), index: fc.nat(3), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant('reconcile' as const) }),
);

test('a rollout never has too many pods or too few available ones, in whatever order pods come up, and ends', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      share,
      share,
      fc.array(move, { maxLength: 40 }),
      (replicas, maxSurge, maxUnavailable, moves) => {
        const model = new Model(
          deploymentOf('v1', { replicas, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } }),
        );
        model.settle();
        model.change({ template: templateOf('v2') });
        const bounds = boundsOf(model.deployment);
        for (const next of moves) {
          if (next.type === 'reconcile') model.step();
          else model.makeAvailable(next.index, next.count);
          assert.ok(model.total <= replicas + bounds.maxSurge, `${model.total} pods`);
          assert.ok(model.available >= bounds.minAvailable, `${model.available} available`);
        }
        model.settle();
        assert.deepEqual(model.sizes(), { v1: 0, v2: replicas });
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever is changed meanwhile, the rollout ends with the last word', () => {
  const change = fc.oneof(
    fc.record({ replicas: fc.nat(9) }),
    fc.constantFrom('v1', 'v2', 'v3').map((image) => ({ template: templateOf(image) })),
    fc.boolean().map((paused) => ({ paused })),
    fc.constantFrom('RollingUpdate' as const, 'Recreate' as const).map((type) => ({ strategy: { type } })),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fc.nat(3), fc.nat(3)), { maxLength: 12 }), (changes) => {
      const model = new Model(deploymentOf('v1'));
      for (const [spec, steps, count] of changes) {
        model.change(spec);
        for (let index = 0; index < steps; index++) {
          model.step();
          model.makeAvailable(index, count);
        }
      }
      model.change({ paused: false });
      model.settle();
      const { replicas, template } = model.deployment.spec;
      const image = template.spec.containers[0]?.image ?? '';
      for (const [name, size] of Object.entries(model.sizes())) assert.equal(size, name === image ? replicas : 0);
    }),
    { numRuns: 300 },
  );
});

function conditionsOf(model: Model, nowMs: number, created = false) {
  const { fresh, old, bounds } = decide({ deployment: model.deployment, sets: model.sets });
  const status = countReplicas(model.deployment, fresh, old);
  const at = { nowMs, now: new Date(nowMs).toISOString() };
  const conditions = rolloutConditions(
    model.deployment,
    status,
    model.sets,
    bounds,
    { version: fresh?.metadata.name, created },
    at,
  );
  model.deployment = { ...model.deployment, status: { ...status, conditions } };
  const words = conditions.map(({ type, status: truth, reason }) => `${type}=${truth} ${reason}`);
  return Object.fromEntries(words.map((word) => word.split('=') as [string, string]));
}

test('conditions tell how a rollout goes, and that it stands still', () => {
  const model = new Model(deploymentOf('v1', { progressDeadlineSeconds: 60 }));
  model.step();
  assert.deepEqual(conditionsOf(model, NOW, true), {
    Available: 'False MinimumReplicasUnavailable',
    Progressing: 'True NewReplicaSetCreated',
  });
  assert.equal(deadlineMs(model.deployment), NOW + 60_000);
  model.makeAvailable(0, 2);
  assert.equal(conditionsOf(model, NOW + 1000).Progressing, 'True ReplicaSetUpdated');
  assert.equal(deadlineMs(model.deployment), NOW + 61_000);
  assert.equal(conditionsOf(model, NOW + 61_000).Progressing, 'False ProgressDeadlineExceeded');
  model.makeAvailable(0, 1);
  assert.deepEqual(conditionsOf(model, NOW + 62_000), {
    Available: 'True MinimumReplicasAvailable',
    Progressing: 'True NewReplicaSetAvailable',
  });
  assert.equal(deadlineMs(model.deployment), undefined);
});

test('conditions keep their instants while nothing is new', () => {
  const model = new Model(deploymentOf('v1', { progressDeadlineSeconds: 60 }));
  model.settle();
  conditionsOf(model, NOW);
  const before = model.deployment.status?.conditions;
  conditionsOf(model, NOW + 5000);
  assert.deepEqual(model.deployment.status?.conditions, before);
});
