import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lease } from '@godwit/kinds';
import { SimulatedCloud, type Wire } from '../test-support/simulated-cloud.ts';
import { LeaderElection } from './leader-election.ts';

const where = { namespace: 'kube-system', name: 'controllers' };

interface Candidate {
  readonly name: string;
  readonly election: LeaderElection;
  readonly wire: Wire;
  readonly stop: () => Promise<void>;
  /** In office: between the start of a term and the end of its work. */
  inOffice: boolean;
  terms: number;
}

function stand(cloud: SimulatedCloud, name: string): Candidate {
  const { client, wire } = cloud.client();
  const election = new LeaderElection({ leases: client.resource(lease), lease: where, identity: name }, cloud.world);
  const stopping = new AbortController();
  const work = async (term: AbortSignal) => {
    candidate.inOffice = true;
    candidate.terms++;
    await new Promise<void>((resolve) => term.addEventListener('abort', () => resolve(), { once: true }));
    candidate.inOffice = false;
  };
  const running = election.run(work, stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  const candidate: Candidate = { name, election, wire, stop, inOffice: false, terms: 0 };
  return candidate;
}

async function withCloud(run: (cloud: SimulatedCloud) => Promise<void>): Promise<void> {
  const cloud = await SimulatedCloud.start();
  try {
    await run(cloud);
  } finally {
    await cloud.close();
  }
}

test('one of several leads, and keeps leading', () =>
  withCloud(async (cloud) => {
    const all = ['a', 'b', 'c'].map((name) => stand(cloud, name));
    await cloud.until('somebody leads', () => all.some((one) => one.inOffice));
    for (let i = 0; i < 30; i++) {
      await cloud.pass(2_000);
      assert.equal(all.filter((one) => one.inOffice).length, 1);
    }
    assert.deepEqual(
      all.map((one) => one.terms).toSorted((a, b) => a - b),
      [0, 0, 1],
    );
    const leader = all.find((one) => one.inOffice);
    assert.ok(leader?.election.leading);
    assert.ok(all.every((one) => one.election.holder === leader.name));
    await Promise.all(all.map((one) => one.stop()));
  }));

test('a leader who stops hands over at once', () =>
  withCloud(async (cloud) => {
    const [a, b] = [stand(cloud, 'a'), stand(cloud, 'b')];
    await cloud.until('somebody leads', () => a.inOffice || b.inOffice);
    const [first, second] = a.inOffice ? [a, b] : [b, a];
    await first.stop();
    await cloud.until('the other one leads', () => second.inOffice, 5_000);
    await second.stop();
  }));

for (const fault of ['cut', 'hang'] as const) {
  test(`a leader whose wire is ${fault} steps down before another one leads`, () =>
    withCloud(async (cloud) => {
      const [a, b] = [stand(cloud, 'a'), stand(cloud, 'b')];
      await cloud.until('somebody leads', () => a.inOffice || b.inOffice);
      const [first, second] = a.inOffice ? [a, b] : [b, a];
      await cloud.pass(7_000);
      first.wire[fault]();
      await cloud.until('the other one leads', () => {
        assert.ok(!(first.inOffice && second.inOffice), 'two lead');
        assert.ok(!(first.election.leading && second.election.leading), 'two believe that they lead');
        return second.inOffice;
      });
      first.wire.mend();
      await cloud.pass(60_000);
      assert.ok(second.inOffice && !first.inOffice);
      await second.stop();
      await cloud.until('the first one leads again', () => first.inOffice);
      await first.stop();
    }));
}

test('one who comes back under its own name leads again at once', () =>
  withCloud(async (cloud) => {
    const before = stand(cloud, 'a');
    await cloud.until('it leads', () => before.inOffice);
    // It dies without a word: nothing is released.
    before.wire.cut();
    const again = stand(cloud, 'a');
    await cloud.until('it leads again', () => again.inOffice, 1_000);
    await Promise.all([before.stop(), again.stop()]);
  }));

test('a lease that somebody else took ends the term', () =>
  withCloud(async (cloud) => {
    const leader = stand(cloud, 'a');
    await cloud.until('it leads', () => leader.inOffice);
    const { client } = cloud.client();
    await client.resource(lease).modify(where, (draft) => {
      draft.spec = { ...draft.spec, holderIdentity: 'thief', leaseDurationSeconds: 30 };
    });
    await cloud.until('the term ends', () => !leader.inOffice, 5_000);
    assert.equal(leader.election.leading, false);
    await cloud.until('the lease runs out and is taken back', () => leader.inOffice, 60_000);
    const found = await client.resource(lease).get(where);
    assert.deepEqual([found.spec?.holderIdentity, found.spec?.leaseTransitions], ['a', 1]);
    await leader.stop();
  }));
