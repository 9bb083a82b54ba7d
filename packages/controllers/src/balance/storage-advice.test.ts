import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PersistentVolume, Stored } from '@godwit/kinds';
import { storageAdvice } from './storage-advice.ts';

const metadata = (name: string) => ({
  name,
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
});

const host = (name: string, storage?: string): Stored<Node> => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: metadata(name),
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    ...(storage && { capacity: { 'ephemeral-storage': storage } }),
  },
});

const volume = (name: string, at: string, storage: string): Stored<PersistentVolume> => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { ...metadata(name), labels: { 'godwit.dev/host': at } },
  spec: { capacity: { storage } },
  status: { phase: 'Bound' },
});

test('volumes leave a host that has promised too much', () => {
  const volumes = [volume('large', 'a', '80Gi'), volume('small', 'a', '15Gi'), volume('other', 'b', '10Gi')];
  assert.deepEqual(storageAdvice([host('a', '100Gi'), host('b', '100Gi')], volumes, 0.85), {
    moves: [{ volume: 'small', from: 'a', to: 'b' }],
    full: [],
  });
});

test('hosts that do not say how much they have are left alone', () => {
  assert.deepEqual(storageAdvice([host('a'), host('b')], [volume('v', 'a', '80Gi')], 0.85), { moves: [], full: [] });
});
