import {
  type Address,
  anyKind,
  formatLabelSelector,
  type KindDefinition,
  type KubeObject,
  type Patch,
  type Scale,
  type ScaleSubresource,
  StatusFailure,
  scale as scaleKind,
} from '@godwit/kinds';
import { Document } from '../../documents/document.ts';
import { isObject, valueAt, withValueAt } from '../../documents/json.ts';
import { objectSchema } from '../../patch/index.ts';
import type { Engine } from '../engine.ts';
import { entriesOfUpdate, managerOf } from '../managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from '../operations.ts';
import { patchedValue } from '../patch.ts';
import { readDocument } from '../read.ts';
import { readObject } from '../read-object.ts';
import { changeObject } from '../update.ts';
import type { Subresource } from './subresource.ts';

const kindOfScale = anyKind(scaleKind);

/** The numbers of a scalable object as an autoscaling/v1 Scale. */
export const scaleSubresource: Subresource = {
  async get(engine, caller, address) {
    const kind = engine.kindFor(address, 'get');
    engine.authorizeAddress(caller, 'get', address);
    return Document.answer(scaleOf(kind, (await readDocument(engine, kind, address)).object));
  },
  update(engine, caller, address, object, options) {
    const kind = engine.kindFor(address, 'update');
    engine.authorizeAddress(caller, 'update', address);
    return writeScale(engine, caller, kind, address, options, () => object);
  },
  patch(engine, caller, address, patch, options) {
    const kind = engine.kindFor(address, 'patch');
    engine.authorizeAddress(caller, 'patch', address);
    return writeScale(engine, caller, kind, address, options, (current) => patchedScale(current, patch));
  },
};

function patchedScale(current: Scale, patch: Patch): unknown {
  // What is applied to a scale is one number: it merges.
  const merge: Patch = patch.type === 'apply' ? { type: 'merge', body: patch.body } : patch;
  return patchedValue(current, merge, objectSchema(kindOfScale));
}

function pathsOf(kind: KindDefinition): ScaleSubresource {
  return kind.subresources.scale as ScaleSubresource;
}

function scaleOf(kind: KindDefinition, object: KubeObject): Scale {
  const paths = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = valueAt(object, paths.specReplicasPath);
  const found = valueAt(object, paths.statusReplicasPath);
  const selector = valueAt(object, paths.selectorPath);
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as Scale['metadata'],
    spec: { replicas: typeof replicas === 'number' ? replicas : 0 },
    status: {
      replicas: typeof found === 'number' ? found : 0,
      ...(selector !== undefined && { selector: selectorText(selector) }),
    },
  };
}

function selectorText(selector: unknown): string {
  return isObject(selector) ? formatLabelSelector(selector) : String(selector);
}

async function writeScale(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  options: DocumentWriteOptions,
  wanted: (current: Scale) => unknown,
): Promise<Written> {
  const { subresource: _, ...place } = address;
  const manager = managerOf(caller, options.fieldManager, 'Update', 'scale');
  const { document } = await changeObject(engine, caller, kind, place, options, ({ object: old }) => {
    const current = scaleOf(kind, old);
    const asked = readObject(caller, kindOfScale, place, wanted(current), options) as unknown as Scale;
    const replicas = asked.spec?.replicas ?? 0;
    if (replicas < 0)
      throw new StatusFailure('Invalid', 'spec.replicas: Invalid value: must be greater than or equal to 0');
    const { resourceVersion = '' } = asked.metadata;
    const path = pathsOf(kind)
      .specReplicasPath.split('.')
      .filter((step) => step !== '');
    const changed = readObject(caller, kind, place, withValueAt(old, path, replicas), { fieldValidation: 'Ignore' });
    return {
      object: changed,
      resourceVersion: resourceVersion === old.metadata.resourceVersion ? '' : resourceVersion,
      uid: asked.metadata.uid || old.metadata.uid,
      manage: (before, final, time) => entriesOfUpdate(kind, before, final, undefined, manager, time),
    };
  });
  return { document: Document.answer(scaleOf(kind, document.object)), created: false };
}
