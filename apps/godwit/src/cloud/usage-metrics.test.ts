import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { type UsageSources, watchUsage } from './usage-metrics.ts';

type Sample = NonNullable<UsageSources['sampler']['latest']>;

const part = { run: '1', cpuSeconds: 1.5, memoryBytes: 1024 };
const machine = (kind: 'Pod' | 'VirtualMachineInstance', name: string) => ({
  kind,
  namespace: 'default',
  name,
  uid: name,
});

const sample: Sample = {
  atMs: 0,
  host: { cpuSeconds: 10, memoryBytes: 4096 },
  machines: [
    { machine: machine('Pod', 'web'), parts: [{ ...part, name: 'main' }] },
    { machine: machine('VirtualMachineInstance', 'vm'), parts: [{ ...part, name: 'compute' }] },
    { machine: machine('VirtualMachineInstance', 'gone'), parts: [{ ...part, name: 'compute' }] },
  ],
  balancers: [{ namespace: 'default', name: 'web', requests: 7, errors: 1, queued: 0, connections: 2 }],
};

function figures(): { text: () => Promise<readonly string[]>; latest: { value: Sample | undefined }; asked: string[] } {
  const registry = new Registry();
  const latest = { value: undefined as Sample | undefined };
  const asked: string[] = [];
  watchUsage(registry, {
    node: 'host-1',
    sampler: {
      get latest() {
        return latest.value;
      },
    },
    measure: (uid) => {
      asked.push(uid);
      if (uid === 'gone') return Promise.reject(new Error('it runs no more'));
      const disk = { name: 'root', readBytes: 5, writtenBytes: 6, reads: 1, writes: 2 };
      return Promise.resolve({ cpuSeconds: 1.5, residentBytes: 1024, balloonBytes: 512, disks: [disk] });
    },
  });
  const text = async () =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return { text, latest, asked };
}

test('before the first sample nothing is told', async () => {
  assert.deepEqual(await figures().text(), []);
});

test('hosts, containers, machines, their disks and services have the names that people know', async () => {
  const { text, latest, asked } = figures();
  latest.value = sample;
  const lines = await text();
  const vm = '{node="host-1",namespace="default",name="vm"';
  for (const line of [
    'node_cpu_usage_seconds_total{node="host-1"} 10',
    'container_memory_working_set_bytes{node="host-1",namespace="default",pod="web",container="main"} 1024',
    `kubevirt_vmi_cpu_usage_seconds_total${vm}} 1.5`,
    `kubevirt_vmi_memory_actual_balloon_bytes${vm}} 512`,
    `kubevirt_vmi_storage_write_traffic_bytes_total${vm},drive="root"} 6`,
    'godwit_service_requests_total{node="host-1",namespace="default",service="web"} 7',
  ]) {
    assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join('\n')}`);
  }
  // A service that nobody has used has no latency, and a machine that is gone no disks.
  assert.ok(!lines.some((line) => line.startsWith('godwit_service_latency')));
  assert.ok(!lines.some((line) => line.includes('drive') && line.includes('gone')));
  assert.deepEqual(asked, ['vm', 'gone']);
});

test('counters stand as they were read, however often they are asked for, and go with their machine', async () => {
  const { text, latest } = figures();
  latest.value = sample;
  await text();
  assert.ok((await text()).includes('node_cpu_usage_seconds_total{node="host-1"} 10'));
  latest.value = { atMs: 1, machines: [], balancers: [] };
  assert.deepEqual(await text(), []);
});
