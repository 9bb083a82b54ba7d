import type { Operations } from '@godwit/api';
import { controllers as controllersUser } from '@godwit/api';
import type { World } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import {
  BalanceController,
  type BalanceDrivers,
  ClaimController,
  Controllers,
  DataVolumeController,
  DeploymentReconciler,
  DoorMetrics,
  ElasticPolicyReconciler,
  EndpointSliceReconciler,
  EventExpiry,
  type ControllerReport as FrameworkReport,
  GarbageCollector,
  HorizontalPodAutoscalerReconciler,
  type Meter,
  type MetricsSource,
  NamespaceReconciler,
  NodeLifecycleController,
  PodDisruptionBudgetReconciler,
  type Reconciler,
  type RefusalListener,
  ReplicaSetReconciler,
  Scheduler,
  ServiceAccountReconciler,
  ServiceReconciler,
  VirtualMachineController,
  VirtualMachineInstanceController,
  VirtualMachineInstanceReplicaSetController,
  VirtualMachinePoolController,
  VolumeController,
} from '@godwit/controllers';
import type { ValueReader } from '@godwit/kinds';
import type { ControllerReport } from './control-socket.ts';

export interface ControllerSettings {
  /** Where autoscalers find metrics that the API does not serve. */
  readonly values?: ValueReader;
  /** What autoscalers read; by itself what the API serves, and `values`. */
  readonly metrics?: MetricsSource;
  /** What balance policies read of machines; by itself what the API serves. */
  readonly meter?: Meter;
  /** What balance policies are carried out with; by itself machines are resized, and the rest is advice. */
  readonly drivers?: BalanceDrivers;
  /** Hears what the messages of refusals stand for. */
  readonly onRefusal?: RefusalListener;
  /** How often everything is looked at although nothing has changed, in milliseconds. */
  readonly rescanMs?: number;
}

/** The controllers of one process, running. */
export interface OpenControllers {
  /** Resolves once their caches are filled. */
  readonly ready: Promise<void>;
  reports(): readonly ControllerReport[];
  close(): Promise<void>;
}

/**
 * Starts all controllers. They come through the door like everyone, as a user of their own. `certificates`
 * (PEM) are the authorities that machines must trust to reach the API.
 */
export function openControllers(
  operations: Pick<Operations, 'as'>,
  world: World,
  certificates: string,
  settings: ControllerSettings = {},
): OpenControllers {
  const client = new ApiClient(operations.as(controllersUser, 'godwit-controllers'), world);
  const all = reconcilers(client, certificates, settings);
  const controllers = new Controllers(all, world, undefined, settings.rescanMs);
  const stopping = new AbortController();
  const running = controllers.run(stopping.signal);
  return {
    ready: client.ready(),
    reports: () => controllers.reports().map((report) => describe(report, world)),
    close: async () => {
      stopping.abort();
      await running;
      client.close();
    },
  };
}

function reconcilers(client: ApiClient, certificates: string, settings: ControllerSettings): Reconciler[] {
  const { values, drivers, meter, metrics = new DoorMetrics(client, values), onRefusal } = settings;
  return [
    new NamespaceReconciler(client),
    new GarbageCollector(client),
    new ReplicaSetReconciler(client),
    new DeploymentReconciler(client),
    new EndpointSliceReconciler(client),
    new ServiceReconciler(client),
    new ServiceAccountReconciler(client, certificates),
    new EventExpiry(client),
    new NodeLifecycleController(client),
    new PodDisruptionBudgetReconciler(client),
    new HorizontalPodAutoscalerReconciler(client, metrics),
    new ElasticPolicyReconciler(client, metrics),
    new BalanceController(client, drivers, meter),
    new VirtualMachineController(client),
    new VirtualMachineInstanceController(client),
    new VirtualMachineInstanceReplicaSetController(client),
    new VirtualMachinePoolController(client),
    new DataVolumeController(client),
    new ClaimController(client),
    new VolumeController(client),
    new Scheduler(client, onRefusal),
  ];
}

function describe(report: FrameworkReport, world: World): ControllerReport {
  const { done, after, blocked, failed } = report.counts;
  const failing = report.troubled.find(({ outcome }) => outcome === 'failed');
  return {
    name: report.name,
    runs: done + after + blocked + failed,
    queueDepth: report.queueDepth,
    ...(report.lastRun && { lastRunAgeMs: world.clock.now() - report.lastRun.at }),
    ...(failing && { lastError: `${failing.name}: ${failing.why}` }),
  };
}
