import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VirtualMachineInstance } from '@godwit/kinds';
import { openDoor } from '../operations/testing/open-door.ts';

const at = (plural: string, namespace = 'default') => ({ group: 'kubevirt.io', version: 'v1', plural, namespace });

test('new instances get what presets hold for their labels, where they say nothing themselves', async () => {
  const { door } = await openDoor();
  const apiVersion = 'kubevirt.io/v1';
  await door.create(at('virtualmachineinstancepresets'), {
    apiVersion,
    kind: 'VirtualMachineInstancePreset',
    metadata: { name: 'small' },
    spec: {
      selector: { matchLabels: { size: 'small' } },
      domain: { devices: {}, cpu: { cores: 2 }, memory: { guest: '128Mi' } },
    },
  });
  const create = async (name: string, metadata: object, domain: object) => {
    const kind = 'VirtualMachineInstance';
    const spec = { domain: { devices: {}, ...domain } };
    const made = await door.create(at('virtualmachineinstances'), {
      apiVersion,
      kind,
      metadata: { name, ...metadata },
      spec,
    });
    const { spec: stored, metadata: marks } = made as VirtualMachineInstance;
    const { cpu, memory } = stored.domain;
    return [cpu?.cores, memory?.guest, marks.annotations?.['virtualmachinepreset.kubevirt.io/small']];
  };
  const labels = { size: 'small' };
  assert.deepEqual(await create('a', { labels }, {}), [2, '128Mi', apiVersion]);
  assert.deepEqual(await create('b', { labels }, { memory: { guest: '1Gi' } }), [2, '1Gi', apiVersion]);
  const own = { cpu: { cores: 4 }, memory: { guest: '1Gi' } };
  assert.deepEqual(await create('c', { labels }, own), [4, '1Gi', undefined]);
  await assert.rejects(create('d', { labels: { size: 'large' } }, {}), /no memory is asked for/);
  const annotations = { 'virtualmachineinstancepresets.admission.kubevirt.io/exclude': 'true' };
  await assert.rejects(create('e', { labels, annotations }, {}), /no memory is asked for/);
});
