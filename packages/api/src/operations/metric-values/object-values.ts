import {
  type Address,
  endpointsOf,
  type KindDefinition,
  type KubeObject,
  type MachineKind,
  metricAddress,
  type Pod,
  StatusFailure,
  type Stored,
  type ValueReader,
  type ValueSample,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import { readSelection } from '../../documents/selection.ts';
import type { Engine } from '../engine.ts';
import { readDocument, selectDocuments } from '../read.ts';
import { autoscalers, specsOf } from './autoscalers.ts';
import type { MetricSelectors, ObjectValue } from './metric-groups.ts';

/** Stands where a name does, for all objects that are selected. */
const ALL = '*';

/** The values of a metric, of the objects at an address: one that is named, or all that are selected. */
export async function objectValues(
  engine: Engine,
  read: ValueReader,
  address: Address,
  { labelSelector, metricLabelSelector }: MetricSelectors,
  signal: AbortSignal,
): Promise<readonly ObjectValue[]> {
  const kind = describedKind(engine, address);
  const objects = await described(engine, kind, address, labelSelector);
  const asked = { metric: address.subresource ?? '', ...(metricLabelSelector && { selector: metricLabelSelector }) };
  const namespace = address.namespace ?? '';
  const machines = machineKind(kind);
  if (machines) {
    const selection = { kind: machines, namespace, selector: labelSelector ?? '' };
    const endpoints = endpointsOf(objects as (Stored<Pod> | Stored<VirtualMachineInstance>)[]);
    const values = await read({ of: 'machines', machines: selection, endpoints, ...asked }, signal);
    return objects.flatMap((object) => {
      const found = values.find(({ name }) => name === object.metadata.name);
      return found ? [{ object, ...found }] : [];
    });
  }
  const urls = await addressesOf(engine, kind, namespace, asked.metric);
  return Promise.all(
    objects.map(async (object) => {
      const { name = '' } = object.metadata;
      const url = urls.get(name);
      const query = { of: 'object', namespace, kind: kind.kind, name, ...asked, ...(url && { url }) } as const;
      return { object, ...together(await read(query, signal)) };
    }),
  );
}

/** Of several values of one object autoscalers take the sum. */
function together(values: readonly ValueSample[]): Pick<ObjectValue, 'value' | 'windowMs'> {
  const windowMs = values[0]?.windowMs;
  return { value: values.reduce((sum, { value }) => sum + value, 0), ...(windowMs !== undefined && { windowMs }) };
}

function machineKind({ group, kind }: KindDefinition): MachineKind | undefined {
  if (group === '' && kind === 'Pod') return kind;
  return group === 'kubevirt.io' && kind === 'VirtualMachineInstance' ? kind : undefined;
}

/** The kind that `services` or `deployments.apps` means: without a group the core's first, then any that is stored. */
function describedKind({ kinds }: Engine, { plural, namespace }: Address): KindDefinition {
  const dot = plural.indexOf('.');
  const [name, group] = dot < 0 ? [plural, undefined] : [plural.slice(0, dot), plural.slice(dot + 1)];
  const called = kinds.all.filter((kind) => kind.plural === name && kind.verbs.includes('create'));
  const found =
    group === undefined
      ? (called.find((kind) => kind.group === '') ?? called[0])
      : called.find((kind) => kind.group === group);
  if (found && found.namespaced === (namespace !== undefined)) return found;
  throw new StatusFailure('NotFound', `the server could not find the resource ${plural}, of which a metric was asked`);
}

async function described(
  engine: Engine,
  kind: KindDefinition,
  { namespace, name }: Address,
  labelSelector: string | undefined,
): Promise<readonly KubeObject[]> {
  const at = {
    group: kind.group,
    version: kind.version,
    plural: kind.plural,
    ...(namespace !== undefined && { namespace }),
  };
  if (name !== ALL) return [(await readDocument(engine, kind, { ...at, ...(name !== undefined && { name }) })).object];
  const selection = readSelection(kind, labelSelector === undefined ? {} : { labelSelector });
  const { documents } = await selectDocuments(engine, kind, namespace, selection, {});
  return documents.map(({ object }) => object);
}

/** Where autoscalers say that a metric of objects of a kind is told, by the names of those objects. */
async function addressesOf(
  engine: Engine,
  { kind }: KindDefinition,
  namespace: string,
  metric: string,
): Promise<ReadonlyMap<string, string>> {
  const found = (await autoscalers(engine, namespace)).flatMap((scaler) =>
    specsOf(scaler).flatMap(({ object }): [string, string][] => {
      const url = metricAddress(scaler, metric);
      if (object?.metric.name !== metric || object.describedObject.kind !== kind || url === undefined) return [];
      return [[object.describedObject.name, url]];
    }),
  );
  return new Map(found);
}
