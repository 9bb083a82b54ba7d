import {
  type Address,
  type HostUsage,
  type KubeObject,
  type ListOptions,
  StatusFailure,
  type UsageAccess,
} from '@godwit/kinds';
import { Document } from '../../documents/document.ts';
import { readSelection } from '../../documents/selection.ts';
import { notFound } from '../../validation/index.ts';
import type { Engine } from '../engine.ts';
import type { Caller, DocumentList } from '../operations.ts';
import { readDocument, selectDocuments } from '../read.ts';
import { type MeasuredResource, measuredResource } from './measured-resources.ts';

/** The measurement at an address. `NotFound` until there is one, `ServiceUnavailable` when its host is out of reach. */
export async function getMeasured(engine: Engine, caller: Caller, address: Address): Promise<Document> {
  const resource = measuredResource(address);
  const kind = engine.kindFor(address, 'get');
  engine.authorizeAddress(caller, 'get', address);
  const name = address.name ?? '';
  const { object } = await readDocument(engine, engine.kinds.at(resource.of), { ...address, ...resource.of }).catch(
    (error: unknown) => {
      throw error instanceof StatusFailure && error.reason === 'NotFound' ? notFound(kind, name) : error;
    },
  );
  const node = resource.node(object);
  if (node === undefined) throw notFound(kind, name);
  const access = engine.options.usage?.(node);
  if (!access) throw new StatusFailure('ServiceUnavailable', `node "${node}" cannot be asked for measurements`);
  const measured = measuredObject(engine, resource, await access.usage(), object);
  if (!measured) throw notFound(kind, name);
  return Document.answer(measured);
}

/**
 * Measurements of everything that is selected, by the labels of what is measured. Hosts that cannot be asked, and what
 * has not been measured yet, are left out.
 */
export async function listMeasured(
  engine: Engine,
  caller: Caller,
  address: Address,
  options: ListOptions = {},
): Promise<DocumentList> {
  const resource = measuredResource(address);
  const kind = engine.kindFor(address, 'list');
  const selection = readSelection(kind, options);
  engine.authorizeAddress(caller, 'list', address, selection.equalities);
  const { documents } = await selectDocuments(engine, engine.kinds.at(resource.of), address.namespace, selection, {});
  const objects = documents.map(({ object }) => object);
  const usages = await usageOfNodes(engine, new Set(objects.map((object) => resource.node(object))));
  const measured = objects.flatMap((object) => {
    const usage = usages.get(resource.node(object) ?? '');
    const found = usage && measuredObject(engine, resource, usage, object);
    return found ? [Document.answer(found)] : [];
  });
  return { kind, documents: measured, resourceVersion: '' };
}

/** Each host is asked once, all at the same time. */
async function usageOfNodes(
  engine: Engine,
  nodes: ReadonlySet<string | undefined>,
): Promise<ReadonlyMap<string, HostUsage>> {
  const asked = [...nodes].flatMap((node) => {
    const access: UsageAccess | undefined = node === undefined ? undefined : engine.options.usage?.(node);
    return node !== undefined && access ? [access.usage().then((usage) => [node, usage] as const)] : [];
  });
  const answers = await Promise.allSettled(asked);
  return new Map(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])));
}

function measuredObject(
  engine: Engine,
  resource: MeasuredResource,
  usage: HostUsage,
  object: KubeObject,
): KubeObject | undefined {
  const { name, namespace, labels } = object.metadata;
  return resource.measure(usage, object, {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    creationTimestamp: engine.now(),
  } as KubeObject['metadata']);
}
