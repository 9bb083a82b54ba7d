/** Taking away: objects with what they own or without, and all at once. */
import assert from 'node:assert/strict';
import { waitFor } from '../../support/godwit.ts';
import type { Step } from './step.ts';

export const removing: Readonly<Record<string, Step>> = {
  async 'delete: foreground, background, orphan, by label, at once'(session) {
    const make = async (name: string) => {
      await session.ok(['create', 'deployment', name, '--image=myapp:latest']);
      await session.ok(['rollout', 'status', `deployment/${name}`, '--timeout=180s']);
    };
    const left = (name: string) => session.ok(['get', 'replicasets,pods', '-l', `app=${name}`, '-o', 'name']);
    await make('front');
    const text = await session.ok(['delete', 'deployment', 'front', '--cascade=foreground', '--timeout=180s']);
    assert.match(text, /deployment.apps "front" deleted/);
    assert.equal(await left('front'), '');
    await make('back');
    await session.ok(['delete', 'deployment', 'back', '--cascade=background']);
    await waitFor('its pods to go', async () => (await left('back')) === '');
    await make('orphan');
    await session.ok(['delete', 'deployment', 'orphan', '--cascade=orphan']);
    assert.match(await left('orphan'), /^replicaset.apps\/orphan-\w+\npod\/orphan-/);
    assert.match(await session.ok(['delete', 'replicasets', '-l', 'app=orphan']), /deleted/);
    await waitFor('the orphans to go', async () => (await left('orphan')) === '');
    const forced = await session.run(['delete', 'pod', 'crashing', '--force', '--grace-period=0']);
    assert.deepEqual([forced.status, /force deleted/.test(forced.stdout)], [0, true], forced.stderr);
    assert.match(forced.stderr, /Immediate deletion does not wait for confirmation/);
    await session.ok(['wait', 'pod/crashing', '--for=delete', '--timeout=180s']);
    assert.match(await session.refused(['delete', 'pod', 'crashing']), /NotFound/);
    assert.equal(await session.ok(['delete', 'pod', 'crashing', '--ignore-not-found']), '');
  },

  async 'a namespace goes with all that is in it'(session) {
    await session.ok(['delete', 'namespace', session.namespace, '--timeout=180s']);
    assert.match(await session.refused(['get', 'namespace', session.namespace]), /NotFound/);
    assert.match(await session.ok(['get', 'all']), /^$/);
  },
};
