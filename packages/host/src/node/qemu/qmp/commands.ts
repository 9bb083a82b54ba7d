/**
 * The commands that Godwit uses, with the types of what goes in and what comes out, after QEMU's QMP reference.
 * A name beginning with `x-` or a field that is not used here is left out.
 */
export interface QmpCommands {
  qmp_capabilities: Command<{ enable?: readonly string[] }, object>;
  'query-status': Command<undefined, { readonly status: RunState; readonly running: boolean }>;
  'query-version': Command<undefined, { readonly qemu: { major: number; minor: number; micro: number } }>;
  'query-kvm': Command<undefined, { readonly enabled: boolean; readonly present: boolean }>;
  'query-cpus-fast': Command<undefined, readonly { 'cpu-index': number; 'thread-id': number; 'qom-path': string }[]>;
  'query-hotpluggable-cpus': Command<undefined, readonly HotpluggableCpu[]>;
  'query-memory-size-summary': Command<undefined, { 'base-memory': number; 'plugged-memory'?: number }>;
  'query-memory-devices': Command<undefined, readonly { type: string; data: { id?: string; size: number } }[]>;
  'query-balloon': Command<undefined, { readonly actual: number }>;
  'query-block': Command<undefined, readonly BlockInfo[]>;
  'query-blockstats': Command<undefined, readonly BlockStatistics[]>;
  'query-chardev': Command<undefined, readonly { label: string; filename: string; 'frontend-open': boolean }[]>;
  'query-pci': Command<undefined, readonly object[]>;
  'query-qmp-schema': Command<undefined, readonly object[]>;
  'query-vnc': Command<undefined, { enabled: boolean; clients?: readonly object[] }>;
  stop: Command<undefined, object>;
  cont: Command<undefined, object>;
  system_powerdown: Command<undefined, object>;
  system_reset: Command<undefined, object>;
  'inject-nmi': Command<undefined, object>;
  quit: Command<undefined, object>;
  balloon: Command<{ value: number }, object>;
  device_add: Command<{ driver: string; id: string; [property: string]: unknown }, object>;
  device_del: Command<{ id: string }, object>;
  'object-add': Command<{ 'qom-type': string; id: string; [property: string]: unknown }, object>;
  'object-del': Command<{ id: string }, object>;
  'blockdev-add': Command<{ driver: string; 'node-name': string; [property: string]: unknown }, object>;
  'blockdev-del': Command<{ 'node-name': string }, object>;
  block_resize: Command<{ 'node-name': string; size: number }, object>;
  set_link: Command<{ name: string; up: boolean }, object>;
  screendump: Command<{ filename: string; format?: 'png' | 'ppm' }, object>;
  'qom-get': Command<{ path: string; property: string }, unknown>;
  'qom-set': Command<{ path: string; property: string; value: unknown }, object>;
  'qom-list': Command<{ path: string }, readonly { name: string; type: string }[]>;
}

interface Command<Arguments, Returns> {
  readonly arguments: Arguments;
  readonly returns: Returns;
}

/** Whether the guest's processors run, and if not, why. */
export type RunState =
  | 'debug'
  | 'finish-migrate'
  | 'guest-panicked'
  | 'inmigrate'
  | 'internal-error'
  | 'io-error'
  | 'paused'
  | 'postmigrate'
  | 'prelaunch'
  | 'restore-vm'
  | 'running'
  | 'save-vm'
  | 'shutdown'
  | 'suspended'
  | 'watchdog'
  | 'colo';

export interface HotpluggableCpu {
  readonly type: string;
  readonly 'vcpus-count': number;
  readonly props: Readonly<Record<string, number>>;
  /** Set when the processor is there. */
  readonly 'qom-path'?: string;
}

export interface BlockInfo {
  readonly device: string;
  readonly qdev?: string;
  readonly 'io-status'?: 'ok' | 'failed' | 'nospace';
  readonly inserted?: { readonly 'node-name'?: string; readonly image: { readonly 'virtual-size': number } };
}

export interface BlockStatistics {
  readonly 'node-name'?: string;
  readonly qdev?: string;
  readonly stats: {
    readonly rd_bytes: number;
    readonly wr_bytes: number;
    readonly rd_operations: number;
    readonly wr_operations: number;
  };
}

export type CommandName = keyof QmpCommands;
export type ArgumentsOf<Name extends CommandName> = QmpCommands[Name]['arguments'];
export type ReturnsOf<Name extends CommandName> = QmpCommands[Name]['returns'];

const DEFAULT_TIMEOUT_MS = 10_000;

/** Commands that may take longer than the others: they wait for the guest, or for a disk. */
const PATIENCE_MS: Partial<Record<CommandName, number>> = {
  device_add: 60_000,
  'object-add': 60_000,
  'blockdev-add': 30_000,
  block_resize: 60_000,
  screendump: 20_000,
  stop: 60_000,
  cont: 60_000,
};

/** How long a command may take before it counts as lost, in milliseconds. */
export function timeoutOf(command: string): number {
  return PATIENCE_MS[command as CommandName] ?? DEFAULT_TIMEOUT_MS;
}
