import { parseQuantity } from '@godwit/kinds';
import { type AdminAccess, openAdminAccess } from '../access/admin-access.ts';
import { type ControllerReport, readControllerReports, readSummary } from '../cloud/control-socket.ts';
import { openStateFolder } from '../state-folder.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatBytes, formatDuration } from '../terminal/units.ts';

interface Listed<T> {
  readonly items: readonly T[];
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly capacity?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

interface Machine {
  readonly status?: { readonly phase?: string; readonly printableStatus?: string };
}

/** All that `godwit status` tells, as it goes out with `-o json`. */
interface CloudStatus {
  readonly address: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly ready: boolean;
    readonly cpus: number;
    readonly memoryBytes: number;
  }[];
  readonly virtualMachines: Readonly<Record<string, number>>;
  readonly pods: Readonly<Record<string, number>>;
  readonly controllers: readonly ControllerReport[];
}

/** `godwit status`: exits 1 when a host is not ready or a controller fails. */
export async function status(options: { state: string; output: string }): Promise<void> {
  const access = openAdminAccess(options.state);
  const state = openStateFolder(options.state);
  const [summary, controllers] = await Promise.all([
    readSummary(state.controlSocket),
    readControllerReports(state.controlSocket),
  ]);
  const report = await collect(access, summary?.address ?? '', controllers);
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(report)}\n`);
  else print(report, new Terminal());
  const healthy =
    report.hosts.every(({ ready }) => ready) && report.controllers.every(({ lastError }) => lastError === undefined);
  process.exitCode = healthy ? 0 : 1;
}

async function collect(
  access: AdminAccess,
  address: string,
  controllers: readonly ControllerReport[],
): Promise<CloudStatus> {
  const [nodes, machines, pods] = await Promise.all([
    access.call<Listed<Node>>('GET', '/api/v1/nodes'),
    access.call<Listed<Machine>>('GET', '/apis/kubevirt.io/v1/virtualmachines'),
    access.call<Listed<Machine>>('GET', '/api/v1/pods'),
  ]);
  return {
    address,
    hosts: nodes.items.map(({ metadata, status }) => ({
      name: metadata.name,
      ready: status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
      cpus: parseQuantity(status?.capacity?.cpu) ?? 0,
      memoryBytes: parseQuantity(status?.capacity?.memory) ?? 0,
    })),
    virtualMachines: countBy(machines.items, ({ status }) => status?.printableStatus ?? 'Unknown'),
    pods: countBy(pods.items, ({ status }) => status?.phase ?? 'Unknown'),
    controllers,
  };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

function print(report: CloudStatus, terminal: Terminal): void {
  const counts = (by: Readonly<Record<string, number>>) =>
    Object.entries(by)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ') || 'none';
  terminal.facts([
    ['API', report.address],
    ['virtual machines', counts(report.virtualMachines)],
    ['pods', counts(report.pods)],
  ]);
  terminal.line(terminal.paint('bold', 'Hosts'));
  for (const { name, ready, cpus, memoryBytes } of report.hosts) {
    const text = `${name}: ${cpus} CPUs, ${formatBytes(memoryBytes)}`;
    if (ready) terminal.success(text);
    else terminal.failure(`${text}, not ready`);
  }
  terminal.line(terminal.paint('bold', 'Controllers'));
  for (const controller of report.controllers) {
    const { name, runs, queueDepth, lastRunAgeMs, lastError } = controller;
    const age = lastRunAgeMs === undefined ? 'never ran' : `last ran ${formatDuration(lastRunAgeMs)} ago`;
    const text = `${name}: ${runs} runs, ${queueDepth} waiting, ${age}`;
    if (lastError === undefined) terminal.success(text);
    else terminal.failure(`${text}; ${lastError}`);
  }
}
