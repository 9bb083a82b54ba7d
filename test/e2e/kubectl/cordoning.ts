/** Taking the host away for a while: whoever does that must be alone with it. */
import assert from 'node:assert/strict';
import { type Step, shellPod } from './step.ts';

export const cordoning: Readonly<Record<string, Step>> = {
  async 'cordon, drain, uncordon'(session, { node, shellImage }) {
    await session.ok(['create', '-f', '-'], shellPod('lonely', shellImage, { main: 'exec sleep 1000' }));
    await session.ok(['wait', 'pod/lonely', '--for=condition=Ready', '--timeout=180s']);
    assert.equal(await session.ok(['cordon', node]), `node/${node} cordoned\n`);
    assert.match(await session.ok(['get', 'node', node]), /Ready,SchedulingDisabled/);
    const unsafe = await session.refused(['drain', node, '--pod-selector=app=lonely']);
    assert.match(unsafe, /declare no controller \(use --force to override\)/);
    await session.ok(['create', 'poddisruptionbudget', 'keep', '--selector=app=lonely', '--min-available=1']);
    await session.ok(['wait', 'pdb/keep', '--for=jsonpath={.status.currentHealthy}=1', '--timeout=180s']);
    const held = await session.refused(['drain', node, '--pod-selector=app=lonely', '--force', '--timeout=2s']);
    assert.match(held, /Cannot evict pod as it would violate the pod's disruption budget/);
    await session.ok(['delete', 'pdb', 'keep']);
    const drained = await session.ok(['drain', node, '--pod-selector=app=lonely', '--force', '--timeout=180s']);
    assert.match(drained, /evicting pod \S+\/lonely\n[^]*pod\/lonely evicted\n[^]*drained/);
    assert.equal(await session.ok(['uncordon', node]), `node/${node} uncordoned\n`);
  },
};
