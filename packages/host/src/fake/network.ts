import { type ByteChannel, type Clock, Failure } from '@godwit/base';
import type { BalancerReading } from '../metrics/index.ts';
import type { NetworkDriver, Port, PortRequest, ServicePortEntry, ServiceTable } from '../network-driver.ts';
import { pipeOfChannels } from './channel-pair.ts';

/** What a program on a machine does with a connection. */
export type Listener = (channel: ByteChannel) => void;

/**
 * The network of one simulated host, with the same promises as the real one. It stays when its agent
 * crashes: the next one calls `start` on the same object and finds machines and connections as they were.
 */
export class FakeNetwork implements NetworkDriver {
  readonly #clock: Clock;
  readonly #ports = new Map<string, PortRequest>();
  /** The answer of `actual`, until something changes. */
  #actual: readonly PortRequest[] | undefined;
  readonly #listeners = new Map<string, Listener>();
  readonly #open = new Map<string, Set<OpenConnection>>();
  readonly #draining = new Set<string>();
  readonly #turns = new Map<string, number>();
  #table: ServiceTable = { services: [], hosts: [] };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ports as they really are, for invariants. */
  actual(): readonly PortRequest[] {
    this.#actual ??= [...this.#ports.values()];
    return this.#actual;
  }

  /** What was applied last. */
  get table(): ServiceTable {
    return this.#table;
  }

  async start(): Promise<void> {}

  async release(): Promise<void> {}

  async remove(): Promise<void> {
    for (const uid of new Set([...this.#ports.values()].map((port) => port.machineUid))) await this.detach(uid);
    this.#table = { services: [], hosts: [] };
  }

  async attach(request: PortRequest): Promise<Port> {
    for (const other of this.#ports.values()) {
      if (other.address.ip === request.address.ip && other.machineUid !== request.machineUid) {
        await this.detach(other.machineUid);
      }
    }
    this.#ports.set(request.address.ip, request);
    this.#actual = undefined;
    this.#draining.delete(request.address.ip);
    const { machineUid } = request;
    return request.type === 'namespace'
      ? { machineUid, namespacePath: `/run/netns/${machineUid}` }
      : { machineUid, tapName: `tap-${request.address.ip}`, commandPrefix: [] };
  }

  async detach(machineUid: string): Promise<void> {
    for (const [ip, port] of this.#ports) {
      if (port.machineUid !== machineUid) continue;
      this.#ports.delete(ip);
      this.#actual = undefined;
      this.#draining.delete(ip);
      for (const connection of this.#open.get(ip) ?? []) connection.abort();
      for (const key of this.#listeners.keys()) if (key.startsWith(`${ip}:`)) this.#listeners.delete(key);
    }
  }

  async ports(): Promise<readonly { readonly machineUid: string }[]> {
    return [...new Set([...this.#ports.values()].map((port) => port.machineUid))].map((machineUid) => ({ machineUid }));
  }

  async applyServices(table: ServiceTable): Promise<void> {
    this.#table = table;
  }

  async drain(address: string, timeoutMs: number): Promise<void> {
    this.#draining.add(address);
    const open = [...(this.#open.get(address) ?? [])].filter((connection) => connection.isThroughService);
    if (open.length === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(timeoutMs, resolve);
      const left = new Set(open);
      for (const connection of open) {
        connection.onEnd(() => {
          left.delete(connection);
          if (left.size > 0) return;
          timer.cancel();
          resolve();
        });
      }
    });
  }

  /** It balances without counting. */
  balancers(): Promise<readonly BalancerReading[]> {
    return Promise.resolve([]);
  }

  /** Also answers on the addresses of services, as the real network does for its host. */
  async connect(address: string, port: number, _timeoutMs: number): Promise<ByteChannel> {
    const service = this.#serviceAt(address, port);
    const target = service ? this.#pick(`${address}:${port}`, service) : { address, port };
    const listener =
      target && this.#ports.has(target.address) && this.#listeners.get(`${target.address}:${target.port}`);
    if (!target || !listener) {
      throw new Failure('connect-failed', `nobody answers on ${address}:${port}`, { retryable: true });
    }
    const [near, far, connection] = pipeOfChannels();
    const isThroughService = service !== undefined;
    const entry: OpenConnection = { ...connection, isThroughService };
    const open = this.#open.get(target.address) ?? new Set<OpenConnection>();
    this.#open.set(target.address, open.add(entry));
    entry.onEnd(() => open.delete(entry));
    listener(far);
    return near;
  }

  /** A program on a machine begins to listen; returns how to stop it. */
  listen(address: string, port: number, listener: Listener): () => void {
    const key = `${address}:${port}`;
    this.#listeners.set(key, listener);
    return () => {
      if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
    };
  }

  #serviceAt(address: string, port: number): ServicePortEntry | undefined {
    return this.#table.services
      .filter((service) => service.clusterIps.includes(address) || service.externalIps.includes(address))
      .flatMap((service) => service.ports)
      .find((each) => each.port === port && each.protocol === 'TCP');
  }

  #pick(service: string, { endpoints }: ServicePortEntry) {
    const ready = endpoints.filter(({ state, address }) => state === 'ready' && !this.#draining.has(address));
    const turn = this.#turns.get(service) ?? 0;
    this.#turns.set(service, turn + 1);
    return ready[turn % Math.max(1, ready.length)];
  }
}

interface OpenConnection {
  readonly isThroughService: boolean;
  abort(): void;
  onEnd(listener: () => void): void;
}
