/** A guest that is given more processors and memory while it runs, and gives them back. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { wholeUnits } from '@godwit/kinds';
import { processorTimeOf } from '../process/index.ts';
import { tinyKernel, waitFor } from './test-support/machine-host.ts';
import { MachineUnderTest, whyNoMachines } from './test-support/machine-under-test.ts';

describe('a virtual machine on QEMU that runs', { skip: whyNoMachines() ?? false }, () => {
  let tiny: MachineUnderTest;

  before(async () => {
    tiny = new MachineUnderTest();
    tiny.start(tinyKernel);
    (await tiny.shell()).close();
    await waitFor('its agent', () => tiny.condition('AgentConnected')?.status === 'True');
  });
  after(() => tiny.close());

  const resize = (sockets: number, guest: string) => {
    const { object } = tiny;
    const { domain } = object.spec;
    const sized = { ...domain, cpu: { ...domain.cpu, sockets }, memory: { ...domain.memory, guest } };
    tiny.host.manager.ensure({ ...object, spec: { ...object.spec, domain: sized } });
  };
  const hasSockets = (count: number) =>
    waitFor(`${count} sockets`, () => tiny.status?.currentCPUTopology?.sockets === count);
  const hasMemory = (guest: string) =>
    waitFor(guest, () => tiny.status?.memory?.guestCurrent === guest && !tiny.condition('HotMemoryChange'));

  test('grows in sockets and in memory, and the guest takes both into use', async () => {
    resize(2, '448Mi');
    await hasSockets(2);
    await hasMemory('448Mi');
    const stream = await tiny.console();
    // The guest hears of them by an interrupt, in its own time.
    await stream.type('until [ $(nproc) = 2 ]; do sleep 1; done; echo processors-$((1+1))\n');
    await stream.readUntil('processors-2');
    await stream.type(
      'until [ $(free -m | awk "NR==2 {print \\$2}") -gt 320 ]; do sleep 1; done; echo memory-$((1+1))\n',
    );
    await stream.readUntil('memory-2');
    stream.close();
  });

  test('gives processors back: their time goes at once, and its agent switches them off and on', async () => {
    const stream = await tiny.console();
    await stream.type('for one in 1 2; do while :; do :; done & done; echo busy-$((1+1))\n');
    await stream.readUntil('busy-2');
    resize(1, '448Mi');
    await hasSockets(1);
    const pid = tiny.pid as number;
    assert.equal(await processorTimeOf(pid), 1);
    const used = () => tiny.host.hypervisor.usage().get(tiny.uid)?.cpuSeconds ?? 0;
    const [fromMs, fromSeconds] = [performance.now(), used()];
    await waitFor('two seconds of work', () => used() - fromSeconds > 2);
    const rate = (used() - fromSeconds) / ((performance.now() - fromMs) / 1000);
    assert.ok(rate < 1.15, `two busy processors use ${rate}`);
    await stream.type('kill $(jobs -p); until [ $(nproc) = 1 ]; do sleep 1; done; echo switched-$((1+1))-off\n');
    await stream.readUntil('switched-2-off');
    resize(2, '448Mi');
    await hasSockets(2);
    await stream.type('until [ $(nproc) = 2 ]; do sleep 1; done; echo switched-$((1+1))-on\n');
    await stream.readUntil('switched-2-on');
    stream.close();
    assert.equal(await processorTimeOf(pid), undefined);
    assert.equal(tiny.pid, pid);
  });

  test('gives memory back, also of what it started with, and gets it again', async () => {
    resize(2, '160Mi');
    await hasMemory('160Mi');
    const { memory } = tiny.status ?? {};
    assert.deepEqual([memory?.guestAtBoot, memory?.guestRequested], ['192Mi', '160Mi']);
    const stream = await tiny.console();
    await stream.type(
      'until [ $(free -m | awk "NR==2 {print \\$4}") -lt 40 ]; do sleep 1; done; echo given-$((1+1))\n',
    );
    await stream.readUntil('given-2');
    stream.close();
    resize(2, '448Mi');
    await hasMemory('448Mi');
  });

  test('that gives no more is told of, runs on, and gets its memory back', async () => {
    resize(2, '64Mi');
    await waitFor('the guest to refuse', () => tiny.condition('HotMemoryChange')?.status === 'False');
    assert.equal(tiny.condition('HotMemoryChange')?.reason, 'GuestKeepsMemory');
    assert.equal(tiny.condition('Ready')?.status, 'True');
    const current = wholeUnits(tiny.status?.memory?.guestCurrent);
    assert.ok(current > 64 * 2 ** 20 && current < 192 * 2 ** 20, `${current}`);
    resize(2, '192Mi');
    await hasMemory('192Mi');
  });
});
