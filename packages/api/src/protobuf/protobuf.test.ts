import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds, isReason } from '@godwit/kinds';
import { messageNamed, messageOfKind } from './message-table.ts';
import { readProtobuf } from './read-protobuf.ts';

/** A tiny writer, to say by hand what goes over the wire. */
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
const number = (field: number, value: number) => [...varint(field * 8), ...varint(value)];
const block = (field: number, bytes: readonly number[]) => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
const text = (field: number, value: string) => block(field, [...Buffer.from(value)]);

function enveloped(apiVersion: string, kind: string, raw: readonly number[]): Uint8Array {
  const envelope = [...block(1, [...text(1, apiVersion), ...text(2, kind)]), ...block(2, raw)];
  return Uint8Array.from([...Buffer.from('k8s\0'), ...envelope]);
}

test('an object comes out as its JSON would be', () => {
  const metadata = [
    ...text(1, 'web'),
    ...text(3, ''),
    ...block(8, []),
    ...block(11, [...text(1, 'app'), ...text(2, 'web')]),
    ...block(11, [...text(1, 'empty'), ...text(2, '')]),
  ];
  const port = [
    ...text(1, 'http'),
    ...number(3, 80),
    ...block(4, [...number(1, 0), ...number(2, 8080)]),
    ...number(5, 0),
  ];
  const named = [...text(1, 'https'), ...number(3, 443), ...block(4, [...number(1, 1), ...text(3, 'tls')])];
  const spec = [...block(1, port), ...block(1, named), ...text(4, 'ClusterIP'), ...number(20, 0)];
  assert.deepEqual(readProtobuf(enveloped('v1', 'Service', [...block(1, metadata), ...block(2, spec)])), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', labels: { app: 'web', empty: '' } },
    spec: {
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'https', port: 443, targetPort: 'tls' },
      ],
      type: 'ClusterIP',
      allocateLoadBalancerNodePorts: false,
    },
  });
});

test('embedded messages, quantities, bytes, instants', () => {
  const claim = [...text(1, 'data'), ...block(2, block(2, []))];
  const limit = block(1, [...text(1, 'cpu'), ...block(2, text(1, '500m'))]);
  const container = [...text(1, 'main'), ...block(8, limit)];
  const pod = readProtobuf(enveloped('v1', 'Pod', block(2, [...block(1, claim), ...block(2, container)]))) as {
    spec: object;
  };
  assert.deepEqual(pod.spec, {
    volumes: [{ name: 'data', emptyDir: {} }],
    containers: [{ name: 'main', resources: { limits: { cpu: '500m' } } }],
  });
  const secret = readProtobuf(enveloped('v1', 'Secret', block(2, [...text(1, 'key'), ...block(2, [0, 255])])));
  assert.deepEqual((secret as { data: object }).data, { key: 'AP8=' });
  const lease = block(2, block(4, [...number(1, 1_767_225_600), ...number(2, 5000)]));
  assert.deepEqual((readProtobuf(enveloped('coordination.k8s.io/v1', 'Lease', lease)) as { spec: object }).spec, {
    renewTime: '2026-01-01T00:00:00.000005Z',
  });
});

test('a zero is kept where it can be told from nothing', () => {
  const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  const spec = [...number(1, 0), ...number(5, 0), ...varint(6 * 8), ...minusOne];
  const { spec: read } = readProtobuf(enveloped('apps/v1', 'Deployment', block(2, spec))) as { spec: object };
  assert.deepEqual(read, { replicas: 0, revisionHistoryLimit: -1 });
});

test('what is broken or unknown is refused', () => {
  const refused = (bytes: Uint8Array, reason: 'BadRequest' | 'UnsupportedMediaType') =>
    assert.throws(
      () => readProtobuf(bytes),
      (error: unknown) => isReason(error, reason),
    );
  refused(Uint8Array.from([1, 2, 3]), 'BadRequest');
  refused(enveloped('kubevirt.io/v1', 'VirtualMachine', []), 'UnsupportedMediaType');
  const whole = enveloped('v1', 'ConfigMap', block(1, text(1, 'name')));
  for (let length = 4; length < whole.length; length++) {
    try {
      readProtobuf(whole.subarray(0, length));
    } catch (error) {
      assert.ok(isReason(error, 'BadRequest', 'UnsupportedMediaType'), String(error));
    }
  }
});

test('every message that another one mentions is there', () => {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name) || !name.includes('.')) return;
    seen.add(name);
    const message = messageNamed(name);
    assert.ok(message, name);
    for (const { type } of message.values()) visit(type);
  };
  for (const { group, version, kind } of builtInKinds) {
    if (version === 'v1' && (group.endsWith('.k8s.io') || !group.includes('.'))) {
      visit(messageOfKind(group === '' ? 'v1' : `${group}/v1`, kind));
    }
  }
  for (const name of ['policy.Eviction', 'authentication.TokenRequest', 'autoscaling.Scale', 'meta.DeleteOptions'])
    visit(name);
  assert.ok(seen.size > 150);
});
