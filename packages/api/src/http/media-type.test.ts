import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyFormat, negotiate } from './media-type.ts';

test('what kubectl get asks for is a table', () => {
  const accept =
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
  const shape = negotiate(accept);
  assert.equal(shape?.as, 'table');
  assert.equal(shape?.version, 'v1');
  assert.equal(shape?.contentType, 'application/json');
});

test('protobuf is passed over for the next best, and refused when it is all that is taken', () => {
  assert.equal(negotiate('application/vnd.kubernetes.protobuf,application/json')?.as, 'object');
  assert.equal(
    negotiate(
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    )?.as,
    'metadata',
  );
  assert.equal(negotiate('application/vnd.kubernetes.protobuf'), undefined);
  assert.equal(negotiate('image/png'), undefined);
});

test('quality decides, order breaks ties', () => {
  assert.equal(negotiate('application/json;q=0.5, application/yaml')?.format, 'yaml');
  assert.equal(negotiate('application/json, application/yaml')?.format, 'json');
  assert.equal(negotiate('application/yaml;q=0, */*')?.format, 'json');
});

test('aggregated discovery in both versions', () => {
  const accept =
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
  assert.deepEqual([negotiate(accept)?.as, negotiate(accept)?.version], ['discovery', 'v2']);
  assert.equal(negotiate('application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList'), undefined);
});

test('bodies are JSON unless they say that they are YAML', () => {
  assert.equal(bodyFormat(undefined), 'json');
  assert.equal(bodyFormat('application/json; charset=utf-8'), 'json');
  assert.equal(bodyFormat('application/yaml'), 'yaml');
  assert.equal(bodyFormat('application/vnd.kubernetes.protobuf'), 'protobuf');
  assert.equal(bodyFormat('application/cbor'), undefined);
});
