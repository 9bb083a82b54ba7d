import type { ExitStatus, MachineStream } from '@godwit/kinds';

/**
 * The containers of one host, whatever engine runs them. It knows nothing of pods but labels. Everything is
 * idempotent: create answers the container that is already there, start, signal and remove of one that has
 * passed that state are no errors.
 *
 * Containers outlive the program; `list` after a restart tells what runs.
 */
export interface ContainerDriver {
  /** Makes the engine's folders and checks that it is there. Throws Failure `engine-missing`. */
  prepare(): Promise<void>;
  /** All containers that this driver ever made and that are not removed. */
  list(): Promise<readonly ContainerFacts[]>;
  inspect(id: string): Promise<ContainerFacts | undefined>;
  /** `onExit` hears the id of each container that ends, soon (milliseconds) after its end. Returns how to stop. */
  subscribe(onExit: (id: string) => void): () => void;
  /**
   * Finds an image on this host, or fetches it as the policy allows, and pins it so that nobody else's
   * clean-up takes it away.
   * @throws Failure `invalid-image-name`, `image-never-pull`, `image-pull-failed` (retryable)
   */
  resolveImage(request: ImageRequest, signal: AbortSignal): Promise<ImageFacts>;
  /** Makes a container, or answers the id of the one with this name. Throws Failure `container-create-failed`. */
  create(request: ContainerRequest): Promise<string>;
  /** Throws Failure `container-start-failed` when the program cannot be run. */
  start(id: string): Promise<void>;
  /** Sends a signal such as `SIGTERM` to the first process. */
  signal(id: string, signal: string): Promise<void>;
  /** Changes limits of a running container. */
  resize(id: string, resources: ContainerResources): Promise<void>;
  /** Kills it if need be and removes it with its file system. Its log stays. */
  remove(id: string): Promise<void>;
  /** Runs a command to its end, without input: probes and hooks. Aborting kills it. */
  run(id: string, command: readonly string[], signal: AbortSignal): Promise<CommandResult>;
  /** Throws Failure `container-not-running`. */
  exec(id: string, request: ExecRequest, signal: AbortSignal): Promise<Session>;
  attach(id: string, request: AttachRequest, signal: AbortSignal): Promise<Session>;
  /** Use of resources now, by container id; containers that do not run are left out. */
  usage(): Promise<ReadonlyMap<string, ContainerUsage>>;
  /** Keeps all containers, those to come included, on these processors of the host, as far as the kernel lets it. */
  useProcessors(processors: readonly number[]): Promise<void>;
  /** Stops what the driver itself runs (the engine's service, watches); containers go on. */
  release(): Promise<void>;
  /** Takes away what the engine leaves on the host once all containers are removed: processes, mounts, cgroups. */
  dismantle(): Promise<void>;
}

export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'created' | 'running' | 'exited';
  readonly pid?: number;
  readonly imageId: string;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly exitCode?: number;
  readonly outOfMemory?: boolean;
  /** Why the engine could not run it, in its words. */
  readonly error?: string;
}

export interface ImageRequest {
  /** As the user wrote it: `myapp:latest`. */
  readonly image: string;
  readonly policy: 'Always' | 'IfNotPresent' | 'Never';
  /** Registry credentials to try, in order. */
  readonly credentials: readonly RegistryCredentials[];
  /** Hears when a fetch over the network begins. */
  readonly onPull?: () => void;
}

export interface RegistryCredentials {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

export interface ImageFacts {
  readonly id: string;
  /** A name with digest for status (`localhost/myapp@sha256:…`), or the id where there is none. */
  readonly reference: string;
  readonly sizeBytes: number;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** User as the image says: empty, a name, `uid`, or `uid:gid`. */
  readonly user: string;
  /** Such as `SIGTERM`; empty for the default. */
  readonly stopSignal: string;
}

export interface ContainerRequest {
  /** Unique on this host; creating it again answers the same container. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly imageId: string;
  /** Program and arguments; the image's where absent. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDirectory?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  /** Path of a network namespace, or `host`. */
  readonly networkNamespace: string;
  readonly hostname?: string;
  readonly hostProcesses: boolean;
  readonly hostIpc: boolean;
  /** Container whose process namespace is shared. */
  readonly processNamespaceOf?: string;
  readonly resources: ContainerResources;
  readonly security: ContainerSecurity;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Its input: `none`; `once`, which ends with the first session that is attached; or `open`, which outlives them all. */
  readonly stdin: 'none' | 'once' | 'open';
  readonly tty: boolean;
  readonly stopSignal?: string;
  /** File that gets the output, in the CRI log format. */
  readonly logPath: string;
}

export interface ContainerMount {
  /** File or folder of the host. */
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
  readonly propagation?: 'private' | 'rslave' | 'rshared';
}

export interface ContainerResources {
  /** Relative share, 2 to 262,144. */
  readonly cpuShares?: number;
  /** Microseconds of CPU in each 100 ms; absent: unlimited. */
  readonly cpuQuotaMicros?: number;
  readonly memoryBytes?: number;
  /** -1000 to 1000: who is killed first when memory runs out. */
  readonly oomScoreAdjust: number;
}

export interface ContainerSecurity {
  readonly user?: string;
  readonly groups: readonly number[];
  readonly privileged: boolean;
  readonly readOnlyRoot: boolean;
  readonly noNewPrivileges: boolean;
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
  /** Absent: the engine's default. `unconfined`, or the path of a profile. */
  readonly seccomp?: string;
  readonly unmaskedProc: boolean;
}

export interface ExecRequest {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface CommandResult {
  readonly exitCode: number;
  /** The beginning of what it said, both streams together. */
  readonly output: string;
}

export type AttachRequest = Omit<ExecRequest, 'command'>;

/** A running session: its bytes, how it ends. `exit` never rejects. */
export interface Session extends MachineStream {
  readonly exit: Promise<ExitStatus>;
}

export interface ContainerUsage {
  /** CPU time since the start, in nanoseconds. */
  readonly cpuNanoseconds: number;
  /** Memory that cannot be given back at once, in bytes. */
  readonly workingSetBytes: number;
}
