import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ByteChannel, describeError, type Timer, together, type World } from '@godwit/base';
import type { BalancerReading } from '../../metrics/index.ts';
import type { NetworkDriver, Port, PortRequest, ServiceEntry, ServiceTable } from '../../network-driver.ts';
import { type AddressPlan, heldAddresses, loadBalancersOf } from '../../services/index.ts';
import { inNamespace } from './command.ts';
import { openConnections, readConnections, type TrackedConnection } from './connections.ts';
import { ensureDataPlane, hasHostRules, removeDataPlane } from './data-plane.ts';
import { type DataPlaneNames, dataPlaneNames } from './data-plane-names.ts';
import { Dnsmasq } from './dnsmasq.ts';
import { Firewall } from './firewall.ts';
import { passForeignFirewalls } from './foreign-firewalls.ts';
import { Haproxy } from './haproxy.ts';
import { HeldAddresses } from './held-addresses.ts';
import {
  admitPorts,
  createPort,
  describePort,
  type KnownPort,
  readPodNamespaces,
  readPorts,
  removePorts,
} from './ports.ts';
import { readUpstream, type Upstream } from './resolver.ts';
import { connectTcp } from './tcp-channel.ts';

export interface LinuxNetworkOptions {
  /** Eight hexadecimal digits that set this instance apart on the host. */
  readonly instanceId: string;
  readonly plan: AddressPlan;
  readonly world: World;
  /** Where the host's name servers are read from; the system's own files by default. */
  readonly resolvFiles?: readonly string[];
}

/** How often the daemons are looked after. */
const WATCH_MS = 1000;
/** Every so many looks, whether our rules on the host are still there, and what others' firewalls do. */
const RULES_LOOKS = 5;
const FOREIGN_LOOKS = 30;
const DRAIN_FIRST_MS = 50;
const DRAIN_LONGEST_MS = 500;

const nothing: ServiceTable = { services: [], hosts: [] };

/** The data plane of one host on Linux. See `index.ts` for how it is put together. */
export class LinuxNetwork implements NetworkDriver {
  readonly names: DataPlaneNames;
  readonly #plan: AddressPlan;
  readonly #world: World;
  readonly #upstream: () => Upstream;
  readonly #firewall: Firewall;
  readonly #dnsmasq: Dnsmasq;
  readonly #haproxy: Haproxy;
  readonly #heldAddresses: HeldAddresses;
  readonly #ports = new Map<string, KnownPort>();
  #table = nothing;
  #held: readonly string[] = [];
  #hasTable = false;
  #draining: ReadonlySet<string> = new Set();
  #watch: Timer | undefined;
  #reviving: Promise<void> | undefined;
  #looks = 0;
  /** Counts machines that came or went. */
  #moves = 0;
  #released = new AbortController();
  #applying: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;
  readonly #machines = new Map<string, Promise<unknown>>();

  constructor({ instanceId, plan, world, resolvFiles }: LinuxNetworkOptions) {
    this.names = dataPlaneNames(instanceId);
    this.#plan = plan;
    this.#world = { ...world, log: world.log.with({ part: 'network' }) };
    this.#firewall = new Firewall(this.names);
    this.#upstream = () => readUpstream(plan, resolvFiles);
    this.#dnsmasq = new Dnsmasq(this.names, plan, world, this.#upstream);
    this.#haproxy = new Haproxy(this.names, this.#world, (work) => this.#inTurn(work));
    this.#heldAddresses = new HeldAddresses(this.names);
  }

  /** Words that make a command run inside the data plane's network, where it reaches what pods reach. */
  get enter(): readonly string[] {
    return inNamespace(this.names.namespace);
  }

  async start(): Promise<void> {
    this.#released = new AbortController();
    await mkdir(this.names.runFolder, { recursive: true });
    // dnsmasq reads its folders as a user of its own, whoever made the folder above and how.
    for (const folder of [dirname(this.names.runFolder), this.names.runFolder]) await chmod(folder, 0o755);
    await this.#repair();
    await this.#dnsmasq.ensure();
    this.#watchLater();
  }

  async remove(): Promise<void> {
    await this.release();
    await Promise.all([this.#dnsmasq.stop(), this.#haproxy.stop()]);
    await removeDataPlane(this.names);
    this.#ports.clear();
    this.#firewall.reset();
  }

  async release(): Promise<void> {
    this.#released.abort();
    this.#watch?.cancel();
    this.#watch = undefined;
    this.#dnsmasq.release();
    this.#haproxy.release();
    await Promise.allSettled([this.#applying, this.#reviving]);
  }

  attach(request: PortRequest): Promise<Port> {
    return this.#oneAtATime(request.machineUid, async () => {
      for (const other of this.#ports.values()) {
        // The API gives an address to one machine only, so whoever else has it is a leftover, or just going.
        if (other.ip === request.address.ip && other.machineUid !== request.machineUid) {
          await this.detach(other.machineUid);
        }
      }
      const port = await createPort(this.names, request);
      this.#moves++;
      this.#ports.set(port.port, port);
      this.#dnsmasq.addMachine(request);
      await this.#setDraining(port.ip, false);
      return describePort(this.names, port);
    });
  }

  detach(machineUid: string): Promise<void> {
    return this.#oneAtATime(machineUid, () => this.#detach(machineUid));
  }

  async #detach(machineUid: string): Promise<void> {
    const ports = [...this.#ports.values()].filter((port) => port.machineUid === machineUid);
    await removePorts(this.names, machineUid, ports);
    this.#dnsmasq.removeMachine(machineUid);
    this.#moves++;
    for (const port of ports) {
      this.#ports.delete(port.port);
      await this.#haproxy.forget(port.ip).catch(() => {});
      await this.#setDraining(port.ip, false);
    }
  }

  async ports(): Promise<readonly { readonly machineUid: string }[]> {
    const [ports, namespaces] = await Promise.all([readPorts(this.names), readPodNamespaces(this.names)]);
    const uids = new Set([...ports.map((port) => port.machineUid), ...namespaces]);
    return [...uids].map((machineUid) => ({ machineUid }));
  }

  applyServices(table: ServiceTable): Promise<void> {
    this.#table = table;
    this.#hasTable = true;
    return this.#applyAll();
  }

  /** One at a time; all who come while one runs share the next, which takes things as they are then. */
  #applyAll(): Promise<void> {
    this.#waiting ??= this.#inTurn(() => {
      this.#waiting = undefined;
      return this.#applyNow();
    });
    return this.#waiting;
  }

  /** After all that was asked of rules and load balancer before, however that ended. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#applying.catch(() => {}).then(work);
    this.#applying = turn;
    return turn;
  }

  async #applyNow(): Promise<void> {
    // Before the first table, what an earlier process applied stays as it is; who was released leaves it to the next.
    if (!this.#hasTable || this.#released.signal.aborted) return;
    const table = await this.#possible(this.#table);
    const draining = this.#draining;
    this.#dnsmasq.applyServices(table);
    const translate = () => this.#translate(table, draining);
    const balance = () => this.#haproxy.apply(loadBalancersOf(table, this.#plan.uplinkInnerAddress, draining));
    const [before, held] = [this.#held, heldAddresses(table)];
    await this.#keepHeld(table);
    // Whoever takes an address over is there before it comes to it.
    if (held.some((address) => !before.includes(address))) await inTurn(balance, translate);
    else if (before.some((address) => !held.includes(address))) await inTurn(translate, balance);
    else await together(this.#released.signal, [translate, balance]);
    this.#held = held;
  }

  /** Nobody waits where a load balancer cannot let anybody wait. */
  async #possible(table: ServiceTable): Promise<ServiceTable> {
    if (!table.services.some(({ wakes }) => wakes) || (await this.#haproxy.canHold())) return table;
    const awake = (service: ServiceEntry) => (service.wakes ? { ...service, wakes: false } : service);
    return { ...table, services: table.services.map(awake) };
  }

  #keepHeld(table: ServiceTable): Promise<void> {
    const served = new Set(table.services.flatMap(({ clusterIps }) => clusterIps));
    return this.#heldAddresses.keep(heldAddresses(table), served);
  }

  async #translate(table: ServiceTable, draining: ReadonlySet<string>): Promise<void> {
    try {
      await this.#firewall.apply(table, draining);
    } catch (error) {
      this.#world.log.warn('the rules are not as they were left; they are made anew', { error: describeError(error) });
      await this.#repair();
      await this.#keepHeld(table);
      await this.#firewall.apply(table, draining);
    }
  }

  async #repair(): Promise<void> {
    await ensureDataPlane(this.names, this.#plan, this.#upstream().loopback);
    this.#firewall.reset();
    this.#heldAddresses.reset();
    await this.#readPorts();
    await admitPorts(this.names, this.#ports.values());
  }

  /** What is there, read anew while machines come and go: until none did so meanwhile. */
  async #readPorts(): Promise<void> {
    let ports: readonly KnownPort[];
    let moves: number;
    do {
      moves = this.#moves;
      ports = await readPorts(this.names);
    } while (moves !== this.#moves);
    this.#ports.clear();
    for (const port of ports) this.#ports.set(port.port, port);
  }

  async #setDraining(address: string, isDraining: boolean): Promise<void> {
    if (this.#draining.has(address) === isDraining) return;
    const next = new Set(this.#draining);
    if (isDraining) next.add(address);
    else next.delete(address);
    this.#draining = next;
    await this.#applyAll();
  }

  async drain(address: string, timeoutMs: number): Promise<void> {
    const { clock } = this.#world;
    const untilMs = clock.monotonic() + timeoutMs;
    await this.#setDraining(address, true);
    // Twice nothing: a connection that was being made while the maps changed shows up by the second look.
    for (let delayMs = DRAIN_FIRST_MS, quiet = 0; quiet < 2; delayMs = Math.min(delayMs * 1.5, DRAIN_LONGEST_MS)) {
      quiet = (await this.#openConnections(address)) === 0 ? quiet + 1 : 0;
      if (quiet === 2 || clock.monotonic() + delayMs > untilMs) return;
      await clock.sleep(delayMs, this.#released.signal);
    }
  }

  async #openConnections(address: string): Promise<number> {
    const notCounted = new Set([this.#plan.uplinkHostAddress, this.#plan.gateway]);
    const [tracked, balanced] = await Promise.all([this.#tracked(), this.#haproxy.sessions(address)]);
    return openConnections(tracked, address, notCounted) + balanced;
  }

  #reading: Promise<TrackedConnection[]> | undefined;

  /** Drains that wait at the same time share one reading. */
  #tracked(): Promise<TrackedConnection[]> {
    this.#reading ??= readConnections(this.names.namespace).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  balancers(): Promise<readonly BalancerReading[]> {
    return this.#haproxy.readings();
  }

  connect(address: string, port: number, timeoutMs: number): Promise<ByteChannel> {
    return connectTcp(address, port, timeoutMs);
  }

  #oneAtATime<T>(machineUid: string, task: () => Promise<T>): Promise<T> {
    const next = (this.#machines.get(machineUid) ?? Promise.resolve()).catch(() => {}).then(task);
    const settled: Promise<unknown> = next
      .catch(() => {})
      .finally(() => {
        if (this.#machines.get(machineUid) === settled) this.#machines.delete(machineUid);
      });
    this.#machines.set(machineUid, settled);
    return next;
  }

  #watchLater(): void {
    this.#watch?.cancel();
    if (this.#released.signal.aborted) return;
    this.#watch = this.#world.clock.after(WATCH_MS, () => {
      this.#reviving = this.#revive()
        .catch((error: unknown) => this.#world.log.error('a daemon does not start', { error: describeError(error) }))
        .finally(() => this.#watchLater());
    });
  }

  async #revive(): Promise<void> {
    const { signal } = this.#released;
    this.#looks++;
    if (this.#looks % RULES_LOOKS === 0 && !(await hasHostRules(this.names)) && !signal.aborted) {
      this.#world.log.warn('somebody took the rules away on the host; they are made again');
      await this.#inTurn(() => this.#repair());
      await this.#applyAll();
    }
    if (this.#looks % FOREIGN_LOOKS === 0 && !signal.aborted) {
      await passForeignFirewalls(this.names);
      this.#dnsmasq.refreshUpstream();
    }
    if (signal.aborted) return;
    if (!this.#dnsmasq.running) {
      this.#world.log.warn('dnsmasq had ended and is started again');
      await this.#dnsmasq.ensure();
    }
    if (this.#haproxy.isNeeded && !this.#haproxy.running) await this.#inTurn(() => this.#haproxy.ensure());
  }
}

/** The second is tried even if the first fails: it is about other services too. */
async function inTurn(first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
  try {
    await first();
  } finally {
    await second();
  }
}
