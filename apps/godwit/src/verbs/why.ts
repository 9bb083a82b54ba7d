import { Failure } from '@godwit/base';
import { pathOf } from '@godwit/client/node';
import type { Address, Decision, KindDefinition, KubeObject } from '@godwit/kinds';
import { decisionsOf } from '@godwit/planner';
import { openAdminAccess } from '../access/admin-access.ts';
import { instanceKind, machineKind, parseKindArgument } from '../access/kind-argument.ts';
import { decidedKinds } from '../cloud/decisions.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { MachineOptions } from './lifecycle.ts';

interface Machine extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly nodeName?: string;
    readonly phase?: string;
    readonly printableStatus?: string;
    readonly conditions?: readonly Condition[];
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface EventList {
  readonly items: readonly {
    readonly type: string;
    readonly reason: string;
    readonly message: string;
    readonly lastTimestamp?: string;
    readonly metadata: { readonly resourceVersion?: string };
    readonly involvedObject: { readonly uid?: string };
  }[];
}

type Event = EventList['items'][number];

/**
 * `godwit why vm/x`: where a machine is and why, or what keeps it from running; of hosts, sets and policies what was
 * decided about them.
 */
export async function why(subject: string, options: MachineOptions & { readonly output: string }): Promise<void> {
  const { kinds, name } = parseKindArgument(subject, decidedKinds, [machineKind]);
  const access = openAdminAccess(options.state);
  const read = (kind: KindDefinition) => access.call<Machine>('GET', pathOf(addressOf(kind, options.namespace, name)));
  const objects = await objectsOf(kinds[0] as KindDefinition, read);
  const decisions = objects.flatMap(decisionsOf).map((known) => known.expand());
  const [placed = { apiVersion: '', kind: '', metadata: {} }] = objects;
  const told = objects.at(-1) ?? placed;
  const namespace = told.metadata.namespace ?? 'default';
  const selector = encodeURIComponent(`involvedObject.name=${name}`);
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=${selector}`;
  const events = eventsOf(objects, (await access.call<EventList>('GET', path)).items);
  if (options.output === 'json') {
    process.stdout.write(`${JSON.stringify({ decisions, conditions: told.status?.conditions ?? [], events })}\n`);
    return;
  }
  const terminal = new Terminal();
  const home = told.metadata.namespace === undefined ? '' : `${told.metadata.namespace}/`;
  terminal.line(terminal.paint('bold', `${told.kind} ${home}${name}`));
  terminal.facts(factsOf(told, placed));
  tell(terminal, told, decisions, events);
}

/** What is asked about; of a virtual machine its instance before it, if it runs, or alone where there is nothing else. */
async function objectsOf(
  asked: KindDefinition,
  read: (kind: KindDefinition) => Promise<Machine>,
): Promise<readonly Machine[]> {
  if (asked !== machineKind) return [await read(asked)];
  const [machine, instance] = await Promise.all([read(asked).catch(absent), read(instanceKind).catch(absent)]);
  // Asked once more, so that it is said what is not there.
  if (!machine && !instance) return [await read(asked)];
  return [...(instance ? [instance] : []), ...(machine ? [machine] : [])];
}

function addressOf({ group, version, plural, namespaced }: KindDefinition, namespace: string, name: string): Address {
  return { group, version, plural, name, ...(namespaced && { namespace }) };
}

const MACHINES = new Set(['Pod', 'VirtualMachine', 'VirtualMachineInstance']);

function factsOf(told: Machine, placed: Machine): [string, string][] {
  const { printableStatus, phase, conditions = [] } = told.status ?? {};
  const host = placed.spec?.nodeName ?? placed.status?.nodeName ?? 'none';
  if (MACHINES.has(told.kind)) {
    return [
      ['state', printableStatus ?? phase ?? 'unknown'],
      ['host', host],
    ];
  }
  const ready = conditions.find(({ type }) => type === 'Ready');
  return ready ? [['state', ready.status === 'True' ? 'Ready' : 'NotReady']] : [];
}

/** What happened to the objects themselves, not to earlier ones of the same name; the latest last. */
function eventsOf(objects: readonly KubeObject[], events: readonly Event[]): readonly Event[] {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  const age = (a: Event, b: Event) =>
    (a.lastTimestamp ?? '').localeCompare(b.lastTimestamp ?? '') ||
    Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion);
  return events.filter(({ involvedObject: { uid } }) => uids.has(uid)).toSorted(age);
}

function absent(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'NotFound') return undefined;
  throw error;
}

function tell(terminal: Terminal, asked: Machine, decisions: readonly Decision[], events: readonly Event[]): void {
  if (decisions.length === 0) terminal.line('  nothing was decided about it lately');
  for (const decision of decisions) printDecision(terminal, decision);
  for (const { type, status, reason, message } of asked.status?.conditions ?? []) {
    if (status === 'True' && !message) continue;
    terminal.line(`  ${type}=${status}${reason ? ` ${reason}` : ''}${message ? `: ${message}` : ''}`);
  }
  const said = new Set(asked.status?.conditions?.map(({ message }) => message));
  const others = events.filter(({ message }) => !said.has(message));
  if (others.length > 0) terminal.line(terminal.paint('dim', '  latest events'));
  for (const event of others.slice(-8)) {
    terminal.line(
      `  ${event.type === 'Warning' ? terminal.paint('yellow', event.reason) : event.reason}: ${event.message}`,
    );
  }
}

/** What was decided in sentences; below it who asked, when, and from what. */
function printDecision(terminal: Terminal, { explanation, askedBy, time, inputs, revision }: Decision): void {
  terminal.line(`  ${explanation}`);
  // That it is one machine needs no telling.
  const asked = Object.entries(inputs ?? {}).filter(([name, value]) => !(name === 'pods' && value === '1'));
  const known = asked.map(([name, value]) => `${name} ${value}`);
  const parts = [
    ...(askedBy ? [`asked by ${askedBy}`] : []),
    ...(time ? [`at ${time}`] : []),
    ...(known.length > 0 ? [`for ${known.join(', ')}`] : []),
    ...(revision ? [`as things stood at revision ${revision}`] : []),
  ];
  if (parts.length > 0) terminal.line(terminal.paint('dim', `    ${parts.join(', ')}`));
}
