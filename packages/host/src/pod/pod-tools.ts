import type { World } from '@godwit/base';
import type { Container, Pod, Stored } from '@godwit/kinds';
import type { ContainerDriver, ContainerMount } from '../container-driver.ts';
import type { NetworkDriver } from '../network-driver.ts';
import type { ConfigurationSource } from './configuration.ts';
import type { HostFacts } from './host-facts.ts';
import type { PodEvent } from './pod-input.ts';
import type { WrittenStatus } from './pod-status.ts';

/** All that pods need of their host. */
export interface PodTools {
  readonly world: World;
  readonly containers: ContainerDriver;
  readonly network: NetworkDriver;
  readonly folders: PodFolders;
  readonly configuration: ConfigurationSource;
  readonly prober: Prober;
  readonly reporter: PodReporter;
  readonly host: HostFacts;
}

/** Folders and files of pods on this host. Idempotent. */
export interface PodFolders {
  /**
   * Makes or refreshes all volumes of a pod.
   * @throws Failure `volume-source-missing`, `volume-not-ready`, `volume-unsupported`, `no-space`
   */
  mount(pod: Stored<Pod>): Promise<MountedVolumes>;
  /** UIDs of all pods of which anything stands here: after a crash perhaps nothing else is left of them. */
  list(): Promise<readonly string[]>;
  /** Takes volumes away. `keep`: what stands on disk stays. */
  remove(podUid: string, keep: boolean): Promise<void>;
  /** How a pod uses more disk space than it may, in words; undefined when it does not. */
  storageExcess(pod: Stored<Pod>): Promise<string | undefined>;
  /** What one run of a container mounts: its volumes, and files such as `/etc/hosts`. */
  containerMounts(request: MountRequest): Promise<readonly ContainerMount[]>;
  /** What a run wrote to its termination log; undefined when nothing. */
  terminationMessage(podUid: string, container: string, attempt: number): Promise<string | undefined>;
  /** The end of a run's output, for its termination message. */
  logTail(podUid: string, container: string, attempt: number): Promise<string | undefined>;
  logPath(podUid: string, container: string, attempt: number): string;
}

export interface MountedVolumes {
  readonly paths: Readonly<Record<string, string>>;
  /** When tokens in the volumes must be renewed. */
  readonly renewAtMs?: number;
}

export interface MountRequest {
  readonly pod: Stored<Pod>;
  readonly container: Container;
  readonly attempt: number;
  readonly paths: Readonly<Record<string, string>>;
  /** For `subPathExpr`. */
  readonly variables: Readonly<Record<string, string>>;
}

export type ProbeTarget =
  | {
      readonly type: 'http';
      readonly address: string;
      readonly port: number;
      readonly tls: boolean;
      readonly path: string;
      readonly headers: readonly { readonly name: string; readonly value: string }[];
    }
  | { readonly type: 'tcp'; readonly address: string; readonly port: number }
  | { readonly type: 'grpc'; readonly address: string; readonly port: number; readonly service: string };

export interface ProbeAnswer {
  readonly ok: boolean;
  /** Why not, in words. */
  readonly message: string;
}

/** Asks machines over the network how they are. Never throws for an answer that is bad. */
export interface Prober {
  ask(target: ProbeTarget, timeoutMs: number, signal: AbortSignal): Promise<ProbeAnswer>;
}

/** What a host tells the API of its pods. */
export interface PodReporter {
  /** Resolves also when the pod is gone from the API. */
  writeStatus(pod: Stored<Pod>, status: WrittenStatus): Promise<void>;
  /** Everything of the pod is cleaned up: its object may go. */
  reportGone(pod: Stored<Pod>): Promise<void>;
  event(pod: Stored<Pod>, event: PodEvent): void;
}
