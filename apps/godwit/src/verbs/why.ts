import { Failure } from '@godwit/base';
import type { Decision, KubeObject } from '@godwit/kinds';
import { decisionsOf } from '@godwit/planner';
import { openAdminAccess } from '../access/admin-access.ts';
import { parseMachine } from '../access/machine-argument.ts';
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

const RESOURCES = {
  pod: '/api/v1/namespaces/NAMESPACE/pods/',
  vmi: '/apis/kubevirt.io/v1/namespaces/NAMESPACE/virtualmachineinstances/',
  vm: '/apis/kubevirt.io/v1/namespaces/NAMESPACE/virtualmachines/',
} as const;

const KIND_NAMES = { pod: 'Pod', vmi: 'VirtualMachineInstance', vm: 'VirtualMachine' } as const;

/** `godwit why vm/x`: where a machine is and why, or what keeps it from running. */
export async function why(machine: string, options: MachineOptions & { readonly output: string }): Promise<void> {
  const { type, name } = parseMachine(machine, ['vm', 'vmi', 'pod']);
  const access = openAdminAccess(options.state);
  const read = (one: keyof typeof RESOURCES) =>
    access.call<Machine>('GET', RESOURCES[one].replace('NAMESPACE', options.namespace) + name);
  const asked = await read(type);
  const placed = type === 'vm' ? await read('vmi').catch(absent) : asked;
  const objects = type === 'vm' && placed ? [placed, asked] : [asked];
  const decisions = objects.flatMap(decisionsOf).map((known) => known.expand());
  const selector = encodeURIComponent(`involvedObject.name=${name}`);
  const { items } = await access.call<EventList>(
    'GET',
    `/api/v1/namespaces/${options.namespace}/events?fieldSelector=${selector}`,
  );
  const events = eventsOf(objects, items);
  if (options.output === 'json') {
    process.stdout.write(`${JSON.stringify({ decisions, conditions: asked.status?.conditions ?? [], events })}\n`);
    return;
  }
  print(new Terminal(), `${KIND_NAMES[type]} ${options.namespace}/${name}`, asked, placed, decisions, events);
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

function print(
  terminal: Terminal,
  title: string,
  asked: Machine,
  placed: Machine | undefined,
  decisions: readonly Decision[],
  events: readonly Event[],
): void {
  const host = placed?.spec?.nodeName ?? placed?.status?.nodeName;
  terminal.line(terminal.paint('bold', title));
  terminal.facts([
    ['state', asked.status?.printableStatus ?? asked.status?.phase ?? 'unknown'],
    ['host', host ?? 'none'],
  ]);
  for (const decision of decisions) printDecision(terminal, decision);
  for (const { type, status, reason, message } of asked.status?.conditions ?? []) {
    if (status === 'True' && !message) continue;
    terminal.line(`  ${type}=${status}${reason ? ` ${reason}` : ''}${message ? `: ${message}` : ''}`);
  }
  if (events.length > 0) terminal.line(terminal.paint('dim', '  latest events'));
  for (const event of events.slice(-8)) {
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
