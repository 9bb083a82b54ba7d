import { controllers as controllersUser, createOperations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import {
  Controllers,
  DeploymentReconciler,
  EndpointSliceReconciler,
  GarbageCollector,
  ReplicaSetReconciler,
  ServiceAccountReconciler,
} from '@godwit/controllers';
import { builtInKinds, isPodActive, type Pod, pod, type Stored } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';

const ROUNDS = 50;

/** Lets every promise that can go on go on. Nothing here waits for real time. */
async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve));
}

const isLeaving = ({ metadata }: Stored<Pod>): boolean => metadata.deletionTimestamp !== undefined;

export class ControlPlane {
  readonly clock: VirtualClock;
  readonly client: ApiClient;
  readonly #controllers: Controllers;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #lastAddress = 0;

  constructor(client: ApiClient, clock: VirtualClock) {
    this.clock = clock;
    this.client = client;
    this.#controllers = new Controllers(
      [
        new ReplicaSetReconciler(client),
        new DeploymentReconciler(client),
        new EndpointSliceReconciler(client),
        new ServiceAccountReconciler(client, 'certificate'),
        new GarbageCollector(client),
      ],
      client.world,
    );
  }

  static async start(): Promise<ControlPlane> {
    const clock = new VirtualClock();
    const random = new SeededRandom(7);
    const world = { clock, random, ids: new SeededIds(random), log: silentLog };
    const operations = await createOperations({ world, store: new MemoryStore({ clock }), kinds: builtInKinds });
    const plane = new ControlPlane(new ApiClient(operations.as(controllersUser, 'test'), world), clock);
    plane.#running = plane.#controllers.run(plane.#stopping.signal);
    await plane.advance(100);
    return plane;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await settle();
    this.client.close();
    await this.#running;
  }

  /** What controllers could not do, in words. */
  troubles(): readonly string[] {
    return this.#controllers.reports().flatMap((report) => {
      const failed = report.troubled.filter(({ outcome }) => outcome === 'failed');
      return failed.map(({ name, why }) => `${report.name} ${name}: ${why}`);
    });
  }

  advance(durationMs: number): Promise<void> {
    return this.clock.advance(durationMs, settle);
  }

  async pods(): Promise<readonly Stored<Pod>[]> {
    return (await this.client.resource(pod).list({ namespace: 'default' })).items;
  }

  /** Does what a host does with up to `count` pods: lets those that left go, and those that came become ready. */
  async runPods(count = Number.POSITIVE_INFINITY): Promise<void> {
    const waiting = (await this.pods()).filter(
      (item) => isLeaving(item) || (isPodActive(item) && item.status?.podIP === undefined),
    );
    for (const item of waiting.slice(0, count)) {
      if (isLeaving(item)) await this.client.resource(pod).delete(item.metadata, { gracePeriodSeconds: 0 });
      else await this.#makeReady(item);
    }
    await this.advance(1000);
  }

  async #makeReady(item: Stored<Pod>): Promise<void> {
    const podIP = `10.64.0.${++this.#lastAddress}`;
    const lastTransitionTime = new Date(this.clock.now()).toISOString();
    await this.client.resource(pod).updateStatus({
      ...item,
      status: {
        ...item.status,
        phase: 'Running',
        podIP,
        podIPs: [{ ip: podIP }],
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }],
      },
    });
  }
}
