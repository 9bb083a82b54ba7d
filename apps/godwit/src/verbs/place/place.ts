import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { type Machine, type Rehearsed, rehearsePlacement } from '@godwit/controllers';
import { builtInKinds, isAlreadyExists, type KubeObject } from '@godwit/kinds';
import { decisionsOf } from '@godwit/planner';
import { openClient } from '../../access/open-client.ts';
import { Terminal } from '../../terminal/terminal.ts';
import { type Manifest, machinesOf, readManifests, type Wanted } from './manifest.ts';
import { tellAnswers } from './tell-answers.ts';

export interface PlaceOptions {
  readonly file: string;
  readonly state: string;
  readonly namespace: string;
  readonly dryRun?: boolean;
  readonly output: string;
}

/** What became, or would become, of one machine. */
export interface Answer {
  readonly of: string;
  readonly machine: string;
  readonly host: string | null;
  readonly explanation: string;
}

/** How long machines may take to get a host before they are told as waiting, in milliseconds. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 200;

/** `godwit place -f x.yaml [--dry-run]`: exits 1 when a machine has no host. */
export async function place(options: PlaceOptions): Promise<void> {
  const manifests = readManifests(options.file, options.namespace);
  const { client, close } = openClient(options.state);
  try {
    const answers = options.dryRun ? await rehearse(client, manifests) : await carryOut(client, manifests);
    if (answers.length === 0) throw new Failure('bad-argument', `${options.file}: there is no machine in it`);
    if (options.output === 'json') process.stdout.write(`${JSON.stringify(answers)}\n`);
    else print(new Terminal(), answers, options.dryRun ?? false);
    if (answers.some(({ host }) => host === null)) process.exitCode = 1;
  } finally {
    close();
  }
}

/** Everything is made in the API's own rehearsal first, which checks it and fills it in. */
export async function rehearse(client: ApiClient, manifests: readonly Manifest[]): Promise<readonly Answer[]> {
  const titles = new Map<string, string>();
  const machines: Machine[] = [];
  for (const manifest of manifests) {
    const wanted = machinesOf(manifest);
    if (!wanted) continue;
    const { resourceVersion: _, ...metadata } = manifest.object.metadata;
    const draft = { ...manifest.object, metadata };
    await client.door.create(manifest.address, draft, { dryRun: true }).catch(unlessThere);
    const model = await filledIn(client, wanted, manifest.address.namespace ?? '');
    for (let i = 0; i < wanted.count; i++) {
      const uid = client.world.ids.uuid();
      const name = wanted.count === 1 ? model.metadata.name : `${model.metadata.name}-${i + 1}`;
      titles.set(uid, wanted.title);
      machines.push({ ...model, metadata: { ...model.metadata, name, uid } } as Machine);
    }
  }
  const results = await rehearsePlacement(client, machines);
  return results.map((result) => answerOf(result, titles.get(result.machine.metadata.uid) ?? ''));
}

/** What is there already is rehearsed all the same: as one more. */
function unlessThere(error: unknown): void {
  if (!isAlreadyExists(error)) throw error;
}

async function filledIn(client: ApiClient, { machine }: Wanted, namespace: string): Promise<KubeObject> {
  const kind = builtInKinds.find((one) => one.kind === machine.kind);
  if (!kind) throw new Failure('bad-argument', `${machine.kind} is no machine`);
  const { group, version, plural } = kind;
  const { name, ...metadata } = machine.metadata;
  // Under a name of its own, so that one that is there is not in the way.
  const draft = { ...machine, metadata: { ...metadata, generateName: `${name ?? 'machine'}-` } };
  const filled = await client.door.create({ group, version, plural, namespace }, draft, { dryRun: true });
  return { ...filled, metadata: { ...filled.metadata, ...(name !== undefined && { name }) } };
}

function answerOf({ machine, host, explanation }: Rehearsed, of: string): Answer {
  return { of, machine: `${machine.metadata.namespace}/${machine.metadata.name}`, host: host ?? null, explanation };
}

/** Makes everything, and waits until its machines have hosts or are told why not. */
async function carryOut(client: ApiClient, manifests: readonly Manifest[]): Promise<readonly Answer[]> {
  const made: { readonly wanted: Wanted; readonly address: Manifest['address']; readonly object: KubeObject }[] = [];
  for (const manifest of manifests) {
    const object = await client.door.create(manifest.address, manifest.object);
    const wanted = machinesOf(manifest);
    if (wanted) made.push({ wanted, address: manifest.address, object });
  }
  const deadlineMs = client.world.clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const answers: Answer[] = [];
    let isTold = true;
    for (const { wanted, address, object } of made) {
      const found = await machinesNow(client, wanted, address.namespace ?? '', object);
      answers.push(...found.map((machine) => standing(machine, wanted.title)));
      for (let i = found.length; i < wanted.count; i++)
        answers.push({ of: wanted.title, machine: wanted.title, host: null, explanation: 'It is not there yet.' });
      isTold &&= found.length >= wanted.count && found.every((machine) => judgementOf(machine) !== undefined);
    }
    if (isTold || client.world.clock.monotonic() > deadlineMs) return answers;
    await client.world.clock.sleep(LOOK_EVERY_MS);
  }
}

/** The machines that have come of an object: itself, or what belongs to it, however far down. */
async function machinesNow(
  client: ApiClient,
  { machine }: Wanted,
  namespace: string,
  object: KubeObject,
): Promise<readonly KubeObject[]> {
  const kind = builtInKinds.find((one) => one.kind === machine.kind);
  if (!kind) return [];
  const { group, version, plural } = kind;
  const at = { group, version, plural, namespace };
  if (object.kind === machine.kind) return [await client.door.get({ ...at, name: object.metadata.name ?? '' })];
  const { items } = await client.door.list(at);
  const prefix = object.metadata.name ?? '';
  return items.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, name }) => uid === object.metadata.uid || name.startsWith(`${prefix}-`)),
  );
}

interface Standing extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly nodeName?: string;
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
  };
}

const hostOf = ({ spec, status }: Standing): string | undefined => spec?.nodeName ?? status?.nodeName;

/** Why it has its host, or has none; undefined while nobody has looked at it. */
function judgementOf(object: KubeObject): string | undefined {
  const { status } = object as Standing;
  const [decision] = decisionsOf(object);
  if (hostOf(object as Standing) !== undefined) return decision?.expand().explanation ?? 'It was put there by hand.';
  return status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
}

function standing(object: KubeObject, of: string): Answer {
  const { namespace, name } = object.metadata;
  return {
    of,
    machine: `${namespace}/${name}`,
    host: hostOf(object as Standing) ?? null,
    explanation: judgementOf(object) ?? 'It has not been looked at yet.',
  };
}

function print(terminal: Terminal, answers: readonly Answer[], dryRun: boolean): void {
  tellAnswers(terminal, answers, dryRun ? 'would run' : 'runs');
  if (dryRun) terminal.line(terminal.paint('dim', 'Nothing was made: this is what would happen as things stand.'));
}
