import { readFileSync } from 'node:fs';
import { Failure } from '@godwit/base';
import { type Address, apiVersionOf, builtInKinds, type KubeObject } from '@godwit/kinds';
import { loadAll, YAMLException } from 'js-yaml';

/** An object of a manifest, and where it belongs. */
export interface Manifest {
  readonly address: Address;
  readonly object: KubeObject;
}

/** The objects of a YAML or JSON file; `-` is the standard input. Throws `bad-argument`. */
export function readManifests(file: string, namespace: string): readonly Manifest[] {
  const text = readText(file);
  let documents: unknown[];
  try {
    documents = loadAll(text).filter((document) => document !== null && document !== undefined);
  } catch (error) {
    if (error instanceof YAMLException) throw new Failure('bad-argument', `${file}: ${error.message}`);
    throw error;
  }
  const objects = documents.flatMap((document) => itemsOf(document));
  if (objects.length === 0) throw new Failure('bad-argument', `${file}: there is nothing in it`);
  return objects.map((object) => manifestOf(file, object, namespace));
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new Failure('bad-argument', `${file} cannot be read`, { cause });
  }
}

/** A list is taken for its items. */
function itemsOf(document: unknown): readonly unknown[] {
  const { kind, items } = (document ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items : [document];
}

function manifestOf(file: string, document: unknown, namespace: string): Manifest {
  const object = document as KubeObject;
  const kind = builtInKinds.find((one) => one.kind === object?.kind && apiVersionOf(one) === object?.apiVersion);
  if (!kind) {
    const what = `${object?.apiVersion ?? 'no apiVersion'}, ${object?.kind ?? 'no kind'}`;
    throw new Failure('bad-argument', `${file}: Godwit knows no such kind (${what})`);
  }
  const { group, version, plural } = kind;
  const home = kind.namespaced ? (object.metadata?.namespace ?? namespace) : undefined;
  return { address: { group, version, plural, ...(home !== undefined && { namespace: home }) }, object };
}

/** Machines that an object comes to: as it stands, or so many made from its template. */
export interface Wanted {
  /** Whose machines they are, for people: `Deployment/web`. */
  readonly title: string;
  readonly machine: KubeObject;
  readonly count: number;
}

interface MachineObject extends KubeObject {
  readonly spec: object;
}

interface Template {
  readonly metadata?: KubeObject['metadata'];
  readonly spec?: object;
}

type Workload = KubeObject & {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: Template;
    readonly virtualMachineTemplate?: Template & { readonly spec?: { readonly template?: Template } };
  };
};

/** The machines of an object; undefined for one that has none. */
export function machinesOf({ object, address }: Manifest): Wanted | undefined {
  const { kind, metadata, spec } = object as Workload;
  const title = `${kind}/${metadata.name ?? metadata.generateName ?? ''}`;
  const count = spec?.replicas ?? 1;
  const make = (kindOfMachine: 'Pod' | 'VirtualMachineInstance', template: Template | undefined): MachineObject => ({
    apiVersion: kindOfMachine === 'Pod' ? 'v1' : 'kubevirt.io/v1',
    kind: kindOfMachine,
    metadata: {
      ...template?.metadata,
      name: metadata.name ?? 'rehearsal',
      ...(address.namespace && { namespace: address.namespace }),
    },
    spec: template?.spec ?? {},
  });
  switch (kind) {
    case 'Pod':
    case 'VirtualMachineInstance':
      return { title, machine: object, count: 1 };
    case 'Deployment':
    case 'ReplicaSet':
      return { title, machine: make('Pod', spec?.template), count };
    case 'VirtualMachine':
      return { title, machine: make('VirtualMachineInstance', spec?.template), count: 1 };
    case 'VirtualMachineInstanceReplicaSet':
      return { title, machine: make('VirtualMachineInstance', spec?.template), count };
    case 'VirtualMachinePool':
      return { title, machine: make('VirtualMachineInstance', spec?.virtualMachineTemplate?.spec?.template), count };
    default:
      return undefined;
  }
}
