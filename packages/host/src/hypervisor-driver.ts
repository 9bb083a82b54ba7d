import type { ByteChannel } from '@godwit/base';
import type { VirtualMachineInstanceSpec } from '@godwit/kinds';

/**
 * The virtual machines of one host, as something that can be driven. Machines are named by the UID of their
 * VirtualMachineInstance and live outside the program: what `launch` started is found again by `adopt`.
 * Everything is idempotent. It decides nothing: what to do when is the state machine's part
 * (`virtual-machine/`). Errors are Failures; the codes that callers tell apart stand at each method.
 */
export interface HypervisorDriver {
  /** How guests' instructions are carried out here, and why so. */
  readonly acceleration: Acceleration;
  /** Who is told what happens to machines from now on. One listener; events of a machine come in order. */
  listen(listener: (uid: string, event: GuestEvent) => void): void;
  /**
   * Lays out all that the guest boots from: disks, overlays, seeds, kernel. Called again after a failure or a
   * crash it begins anew; never called while the machine runs. Codes: `image-not-found`, `image-pull-failed`,
   * `disk-not-found`, `disk-corrupt`, `no-space`, `bad-volume`.
   */
  prepare(request: PrepareRequest, signal: AbortSignal): Promise<PreparedMachine>;
  /**
   * Starts the guest, or takes over the one that already runs under this UID. Codes: `no-memory`,
   * `disk-corrupt`, `disk-in-use`, `unsupported-hardware`, `launch-failed`.
   */
  launch(request: LaunchRequest): Promise<GuestView>;
  /** Takes over what an earlier process started; undefined when nothing of it runs. */
  adopt(uid: string): Promise<GuestView | undefined>;
  pause(uid: string): Promise<void>;
  resume(uid: string): Promise<void>;
  /** Presses the power button. Resolves at once; what the guest makes of it comes as an event. */
  powerDown(uid: string): Promise<void>;
  /** Pulls the reset line. */
  reset(uid: string): Promise<void>;
  /** Ends the machine at once; resolves when its process is gone. No error when there is none. */
  kill(uid: string): Promise<void>;
  /** Removes what `prepare` and `launch` made for this machine, after its end. */
  clean(uid: string): Promise<void>;
  /** UIDs of all machines of which anything is left here, running or not. */
  list(): Promise<readonly string[]>;
  /** The serial console: what was said before, then live. Any number of readers; everything written is typed. */
  console(uid: string): Promise<ByteChannel>;
  /** The screen, as RFB (VNC). */
  screen(uid: string): Promise<ByteChannel>;
  /** The screen as a PNG image. */
  screenshot(uid: string): Promise<Uint8Array>;
  /** Asks the guest agent. Codes: `agent-unavailable`, `agent-error`, `agent-timeout`. */
  askAgent(uid: string, command: string, input?: object, timeoutMs?: number): Promise<unknown>;
  /**
   * Gives the guest the use of this many sockets in all, no more than it was started able to grow to. Codes `cannot-grow`,
   * `cannot-shrink`.
   */
  setSockets(uid: string, sockets: number): Promise<void>;
  /** Plugs memory until the guest has this much. Code `cannot-grow`. */
  growMemory(uid: string, bytes: number): Promise<void>;
  /** Asks the guest to do with this much of its memory. How far it comes is told by events, if it comes. */
  setBalloon(uid: string, bytes: number): Promise<void>;
  /** What the machine uses now, all that is known of it. */
  measure(uid: string): Promise<MachineUsage>;
  /** What all machines that run use, by UID: cheap enough to be asked every second. */
  usage(): ReadonlyMap<string, ProcessUsage>;
  /** Closes all connections; machines keep running. */
  release(): Promise<void>;
}

export interface Acceleration {
  readonly type: 'kvm' | 'tcg';
  /** Why, in words for people. */
  readonly reason: string;
}

/** Whose machine it is: for file names, the process's name, and what the guest reads in its firmware. */
export interface MachineIdentity {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

export interface PrepareRequest extends MachineIdentity {
  readonly volumes: readonly VolumeRequest[];
  readonly kernel?: KernelRequest;
}

export interface VolumeRequest {
  readonly name: string;
  readonly source: VolumeSource;
}

export interface KernelRequest {
  readonly image: string;
  readonly pullPolicy: PullPolicy;
  readonly kernelPath?: string;
  readonly initrdPath?: string;
}

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** Where the bytes of one volume come from, with everything that had to be looked up in the API looked up. */
export type VolumeSource =
  /** The disk in a container image, under an overlay of its own. `path`: absolute, else the only one in /disk. */
  | { readonly type: 'image'; readonly image: string; readonly pullPolicy: PullPolicy; readonly path?: string }
  /** The disk in the folder of a PersistentVolume, made on first use. */
  | {
      readonly type: 'persistent';
      readonly volume: string;
      readonly sizeBytes: number;
      readonly readOnly: boolean;
      /** What the guest writes goes to an overlay and is lost. */
      readonly ephemeral: boolean;
    }
  | { readonly type: 'empty'; readonly sizeBytes: number }
  /** A small read-only disk with these files. */
  | { readonly type: 'files'; readonly label: string; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly type: 'host-disk'; readonly path: string; readonly create: boolean; readonly sizeBytes?: number };

export interface PreparedVolume {
  readonly name: string;
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
  readonly readOnly: boolean;
  /** Bytes that the guest sees. */
  readonly sizeBytes: number;
  /** The file can be opened past the host's page cache. */
  readonly direct: boolean;
}

export interface PreparedMachine {
  readonly volumes: readonly PreparedVolume[];
  readonly kernel?: { readonly kernelPath?: string; readonly initrdPath?: string };
}

export interface LaunchRequest extends MachineIdentity {
  readonly spec: VirtualMachineInstanceSpec;
  readonly prepared: PreparedMachine;
  readonly interfaces: readonly LaunchInterface[];
  /** Hold the processors before their first instruction. */
  readonly held: boolean;
}

/** One network card: its name in the spec, its address, and the tap that it is joined to. */
export interface LaunchInterface {
  readonly name: string;
  readonly mac: string;
  readonly mtu?: number;
  /** A tap that exists, in the data plane's namespace; without one QEMU's own user network is used. */
  readonly tapName?: string;
  /** Words before the command that starts the machine, so that it runs where the tap is. */
  readonly commandPrefix?: readonly string[];
}

/** How a guest stands. */
export interface GuestView {
  readonly run: GuestRun;
  readonly agentConnected: boolean;
  /** Wall-clock start of the process, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Sockets whose time the guest may use. */
  readonly sockets: number;
  /** Sockets that it sees: more than it may use, where they could not be taken out. */
  readonly pluggedSockets: number;
  /** All that is plugged. */
  readonly memoryBytes: number;
  /** What of it the balloon leaves to the guest: what it has given is gone; all of it where there is no balloon. */
  readonly balloonBytes: number;
}

/**
 * running; paused by somebody; io-error: held because a disk refused (`no-space` among others); shutdown: the
 * guest switched itself off; crashed: the guest's kernel panicked or the hardware gave up.
 */
export type GuestRun = 'running' | 'paused' | 'io-error' | 'shutdown' | 'crashed';

export type GuestEvent =
  | { readonly type: 'run'; readonly run: GuestRun; readonly message?: string }
  | { readonly type: 'reset'; readonly byGuest: boolean }
  | { readonly type: 'agent'; readonly connected: boolean }
  /** The guest has given memory, or taken some back. */
  | { readonly type: 'balloon' }
  /** The process is gone, with the last that it said. */
  | { readonly type: 'ended'; readonly message: string }
  | { readonly type: 'watchdog'; readonly action: string };

/** What the process of a machine uses, as the host's kernel counts it. */
export interface ProcessUsage {
  /** Which process it is: another one counts from its beginning. */
  readonly run: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export interface MachineUsage extends Omit<ProcessUsage, 'run'> {
  readonly balloonBytes: number;
  readonly disks: readonly {
    readonly name: string;
    readonly readBytes: number;
    readonly writtenBytes: number;
    readonly reads: number;
    readonly writes: number;
  }[];
}
