import { Failure } from '@godwit/base';
import { type Decision, decisionAnnotation, explainDecision, parseDecision } from '@godwit/planner';
import { openAdminAccess } from '../access/admin-access.ts';
import { parseMachine } from '../access/machine-argument.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { MachineOptions } from './lifecycle.ts';

interface Machine {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
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
  }[];
}

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
  const decision = parseDecision(placed?.metadata.annotations?.[decisionAnnotation]);
  const selector = encodeURIComponent(`involvedObject.name=${name}`);
  const events = await access.call<EventList>(
    'GET',
    `/api/v1/namespaces/${options.namespace}/events?fieldSelector=${selector}`,
  );
  if (options.output === 'json') {
    process.stdout.write(
      `${JSON.stringify({ decision: decision ?? null, conditions: asked.status?.conditions ?? [], events: events.items })}\n`,
    );
    return;
  }
  print(new Terminal(), `${KIND_NAMES[type]} ${options.namespace}/${name}`, asked, placed, decision, events);
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
  decision: Decision | undefined,
  events: EventList,
): void {
  const host = placed?.spec?.nodeName ?? placed?.status?.nodeName;
  terminal.line(terminal.paint('bold', title));
  terminal.facts([
    ['state', asked.status?.printableStatus ?? asked.status?.phase ?? 'unknown'],
    ['host', host ?? 'none'],
  ]);
  if (decision) terminal.line(`  ${explainDecision(decision)}`);
  for (const { type, status, reason, message } of asked.status?.conditions ?? []) {
    if (status === 'True' && !message) continue;
    terminal.line(`  ${type}=${status}${reason ? ` ${reason}` : ''}${message ? `: ${message}` : ''}`);
  }
  if (events.items.length > 0) terminal.line(terminal.paint('dim', '  latest events'));
  for (const event of events.items.slice(-8)) {
    terminal.line(
      `  ${event.type === 'Warning' ? terminal.paint('yellow', event.reason) : event.reason}: ${event.message}`,
    );
  }
}
