import type { ServiceEntry, ServicePortEntry, ServiceTable } from '../network-driver.ts';
import { hash32 } from './fingerprint.ts';

/** What changes from one table of services to the next. */
export interface ServiceChange {
  /** nft commands for the data plane's namespace, empty when nothing changes. */
  readonly dataPlane: string;
  /** Elements of the host's set of node ports that come and go, as `tcp . 30080`. */
  readonly nodePortsAdded: readonly string[];
  readonly nodePortsRemoved: readonly string[];
  /** UDP endpoints, as `address:port`, whose flows must be forgotten: they have no end of their own. */
  readonly forgottenUdp: readonly string[];
  /** How many service ports differ. */
  readonly changedPorts: number;
}

/** The elements that one port of one service has in the maps. */
interface PortElements {
  readonly key: string;
  readonly service: ServiceEntry;
  readonly port: ServicePortEntry;
  readonly mark: number;
  readonly protocol: string;
  readonly addresses: readonly string[];
  readonly endpoints: readonly string[];
  readonly stickySeconds: number | undefined;
  /** For sticky services, what `affinity` remembers of each endpoint. */
  readonly stickyMarks: readonly number[];
}

/**
 * Remembers which elements the maps hold and says what to change, in time that depends on what differs:
 * ports whose ServiceEntry is the same object are not looked at twice. Marks are hashes of names, so a
 * restarted program gives the same ones and sticky clients stay where they are.
 */
export class ServiceRules {
  #ports = new Map<string, PortElements>();
  readonly #marks = new Set<number>();
  #excluded: ReadonlySet<string> = new Set();
  /** Marks of sticky endpoints by `port key/endpoint`. */
  readonly #sticky = new Map<string, number>();
  readonly #picks = new Set<string>();
  #fresh = true;

  /** Forgets everything: the next `change` fills the maps anew, in one transaction. */
  reset(): void {
    this.#ports.clear();
    this.#marks.clear();
    this.#sticky.clear();
    this.#picks.clear();
    this.#fresh = true;
  }

  /** @param excluded addresses that get no new connections although the table names them */
  change(table: ServiceTable, excluded: ReadonlySet<string> = new Set()): ServiceChange {
    const touched = symmetricDifference(this.#excluded, excluded);
    this.#excluded = excluded;
    const edit = new Edit();
    const next = new Map<string, PortElements>();
    const gone = new Map(this.#ports);
    const changed: [before: PortElements | undefined, after: PortElements][] = [];
    for (const service of table.services) {
      if (service.headless) continue;
      for (const port of service.ports) {
        const key = `${service.namespace}/${service.name}/${port.name}/${port.protocol}/${port.port}`;
        const before = this.#ports.get(key);
        gone.delete(key);
        if (before && before.service === service && !isTouched(port, touched)) {
          next.set(key, before);
          continue;
        }
        const after = this.#elements(key, service, port, excluded, before?.mark);
        next.set(key, after);
        if (!before || !sameElements(before, after)) changed.push([before, after]);
      }
    }
    for (const before of gone.values()) this.#remove(edit, before);
    for (const [before] of changed) if (before) this.#remove(edit, before);
    for (const before of gone.values()) this.#forget(before, undefined);
    for (const [before, after] of changed) if (before) this.#forget(before, after);
    for (const [, after] of changed) this.#add(edit, after);
    this.#ports = next;
    const text = edit.render(this.#fresh);
    this.#fresh = false;
    return {
      dataPlane: text,
      ...edit.nodePorts(),
      forgottenUdp: edit.forgottenUdp(),
      changedPorts: gone.size + changed.length,
    };
  }

  /** Every node port that is served, as elements of the host's set. */
  nodePorts(): string[] {
    return [...this.#ports.values()].flatMap((port) => nodePortElement(port) ?? []);
  }

  #elements(
    key: string,
    service: ServiceEntry,
    port: ServicePortEntry,
    excluded: ReadonlySet<string>,
    mark: number | undefined,
  ): PortElements {
    // What is not translated stays on this host, where the load balancer takes it.
    const endpoints = (isBalanced(service, port) ? [] : port.endpoints)
      .filter((endpoint) => endpoint.state === 'ready' && !excluded.has(endpoint.address))
      .map((endpoint) => `${endpoint.address} . ${endpoint.port}`);
    const sticky = service.sessionAffinitySeconds !== undefined;
    return {
      key,
      service,
      port,
      mark: mark ?? this.#mark(key),
      protocol: port.protocol.toLowerCase(),
      // TCP on external addresses is the load balancer's. It also checks who may come, which the maps do not.
      addresses:
        port.protocol === 'UDP' && !service.sourceRanges?.length
          ? [...service.clusterIps, ...service.externalIps]
          : service.clusterIps,
      endpoints,
      stickySeconds: service.sessionAffinitySeconds,
      stickyMarks: sticky ? endpoints.map((endpoint) => this.#stickyMark(`${key}/${endpoint}`)) : [],
    };
  }

  /** A number of its own for a name; 0 means none. */
  #mark(name: string): number {
    let mark = hash32(name) & 0x7fffffff;
    while (mark === 0 || this.#marks.has(mark)) mark = (mark + 1) & 0x7fffffff;
    this.#marks.add(mark);
    return mark;
  }

  #stickyMark(name: string): number {
    const mark = this.#sticky.get(name) ?? this.#mark(name);
    this.#sticky.set(name, mark);
    return mark;
  }

  /** Gives back the marks that a port no longer has. */
  #forget(before: PortElements, after: PortElements | undefined): void {
    if (!after) this.#marks.delete(before.mark);
    const kept = new Set(after?.stickyMarks);
    before.stickyMarks.forEach((mark, slot) => {
      if (kept.has(mark)) return;
      this.#marks.delete(mark);
      this.#sticky.delete(`${before.key}/${before.endpoints[slot]}`);
    });
  }

  #add(edit: Edit, port: PortElements): void {
    const { mark, endpoints, stickySeconds } = port;
    for (const address of port.addresses) {
      edit.add('services', `${address} . ${port.protocol} . ${port.port.port}`, `${mark}`);
    }
    const nodePort = nodePortElement(port);
    if (nodePort) edit.add('node-ports', nodePort, `${mark}`);
    if (port.protocol === 'udp') edit.reach(endpoints);
    if (endpoints.length === 0) return;
    edit.add('picks', `${mark}`, `goto ${this.#pick(edit, endpoints.length, stickySeconds)}`);
    port.stickyMarks.forEach((stickyMark, slot) => {
      edit.add('sticky-slots', `${mark} . ${slot}`, `${stickyMark}`);
      edit.add('sticky-endpoints', `${stickyMark}`, endpoints[slot] ?? '');
    });
    if (stickySeconds !== undefined) return;
    endpoints.forEach((endpoint, slot) => {
      edit.add('endpoints', `${mark} . ${slot}`, endpoint);
    });
  }

  #remove(edit: Edit, port: PortElements): void {
    const { mark, endpoints, stickySeconds } = port;
    for (const address of port.addresses) {
      edit.remove('services', `${address} . ${port.protocol} . ${port.port.port}`, `${mark}`);
    }
    const nodePort = nodePortElement(port);
    if (nodePort) edit.remove('node-ports', nodePort, `${mark}`);
    if (port.protocol === 'udp') edit.leave(endpoints);
    if (endpoints.length === 0) return;
    edit.remove('picks', `${mark}`, `goto ${pickName(endpoints.length, stickySeconds)}`);
    port.stickyMarks.forEach((stickyMark, slot) => {
      edit.remove('sticky-slots', `${mark} . ${slot}`, `${stickyMark}`);
      edit.remove('sticky-endpoints', `${stickyMark}`, endpoints[slot] ?? '');
    });
    if (stickySeconds !== undefined) return;
    endpoints.forEach((endpoint, slot) => {
      edit.remove('endpoints', `${mark} . ${slot}`, endpoint);
    });
  }

  /** The chain that picks one of `count` endpoints; shared by all services that have as many. */
  #pick(edit: Edit, count: number, stickySeconds: number | undefined): string {
    const name = pickName(count, stickySeconds);
    if (!this.#picks.has(name)) {
      this.#picks.add(name);
      if (stickySeconds !== undefined) edit.chain(`stay-${stickySeconds}`, stayRules(stickySeconds));
      edit.chain(name, pickRules(count, stickySeconds));
    }
    return name;
  }
}

/** Whoever wakes is wholly the load balancer's: it holds requests, and sees those that say that nobody may sleep yet. */
function isBalanced({ wakes }: ServiceEntry, { protocol }: ServicePortEntry): boolean {
  return wakes === true && protocol === 'TCP';
}

function isTouched(port: ServicePortEntry, touched: ReadonlySet<string>): boolean {
  return touched.size > 0 && port.endpoints.some((endpoint) => touched.has(endpoint.address));
}

function sameElements(a: PortElements, b: PortElements): boolean {
  return (
    a.stickySeconds === b.stickySeconds &&
    a.port.nodePort === b.port.nodePort &&
    a.addresses.join() === b.addresses.join() &&
    a.endpoints.join() === b.endpoints.join()
  );
}

function nodePortElement({ port, protocol }: PortElements): string | undefined {
  return port.nodePort === undefined ? undefined : `${protocol} . ${port.nodePort}`;
}

function symmetricDifference(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return a === b ? new Set() : new Set([...a].filter((x) => !b.has(x)).concat([...b].filter((x) => !a.has(x))));
}

function pickName(count: number, stickySeconds: number | undefined): string {
  return stickySeconds === undefined ? `pick-${count}` : `stick-${count}-${stickySeconds}`;
}

function pickRules(count: number, stickySeconds: number | undefined): string[] {
  // The slot travels in the connection's mark: maps that are declared by type need a key that has one.
  const draw = `ct mark set numgen random mod ${count}`;
  if (stickySeconds === undefined) {
    return [draw, 'meta l4proto { tcp, udp } dnat ip to meta mark . ct mark map @endpoints'];
  }
  return [
    'ct mark set meta mark . ip saddr map @affinity',
    `ct mark != 0 jump stay-${stickySeconds}`,
    // Back here: that endpoint takes no new connections any more.
    'delete @affinity { meta mark . ip saddr : ct mark }',
    draw,
    'ct mark set meta mark . ct mark map @sticky-slots',
    `goto stay-${stickySeconds}`,
  ];
}

function stayRules(stickySeconds: number): string[] {
  return [
    `update @affinity { meta mark . ip saddr timeout ${stickySeconds}s : ct mark }`,
    'meta l4proto { tcp, udp } dnat ip to ct mark map @sticky-endpoints',
  ];
}

const MAPS = ['services', 'node-ports', 'picks', 'endpoints', 'sticky-slots', 'sticky-endpoints'] as const;
type MapName = (typeof MAPS)[number];

/** One transaction in the making. What is removed and added again as it was cancels out. */
class Edit {
  readonly #removed = new Map<MapName, Map<string, string>>(MAPS.map((name) => [name, new Map()]));
  readonly #added = new Map<MapName, Map<string, string>>(MAPS.map((name) => [name, new Map()]));
  readonly #chains: string[] = [];
  readonly #udpLeft = new Set<string>();
  readonly #udpReached = new Set<string>();

  add(map: MapName, key: string, value: string): void {
    const removed = this.#removed.get(map);
    if (removed?.get(key) === value) removed.delete(key);
    else this.#added.get(map)?.set(key, value);
  }

  remove(map: MapName, key: string, value: string): void {
    const added = this.#added.get(map);
    if (added?.get(key) === value) added.delete(key);
    else this.#removed.get(map)?.set(key, value);
  }

  chain(name: string, rules: readonly string[]): void {
    const table = 'ip godwit';
    this.#chains.push(`add chain ${table} ${name}`, `flush chain ${table} ${name}`);
    this.#chains.push(...rules.map((rule) => `add rule ${table} ${name} ${rule}`));
  }

  reach(endpoints: readonly string[]): void {
    for (const endpoint of endpoints) this.#udpReached.add(endpoint);
  }

  leave(endpoints: readonly string[]): void {
    for (const endpoint of endpoints) this.#udpLeft.add(endpoint);
  }

  forgottenUdp(): string[] {
    return [...this.#udpLeft].filter((x) => !this.#udpReached.has(x)).map((x) => x.replace(' . ', ':'));
  }

  nodePorts(): { nodePortsAdded: string[]; nodePortsRemoved: string[] } {
    const added = [...(this.#added.get('node-ports')?.keys() ?? [])];
    const removed = [...(this.#removed.get('node-ports')?.keys() ?? [])];
    const both = new Set(added.filter((port) => removed.includes(port)));
    return {
      nodePortsAdded: added.filter((port) => !both.has(port)),
      nodePortsRemoved: removed.filter((port) => !both.has(port)),
    };
  }

  /** @param fresh empties the maps first, whatever an earlier program left in them */
  render(fresh: boolean): string {
    const lines = [...this.#chains];
    for (const map of MAPS) {
      const removed = [...(this.#removed.get(map)?.keys() ?? [])];
      if (fresh) lines.push(`flush map ip godwit ${map}`);
      else if (removed.length > 0) lines.push(`delete element ip godwit ${map} { ${removed.join(', ')} }`);
    }
    for (const map of MAPS) {
      const added = [...(this.#added.get(map) ?? [])].map(([key, value]) => `${key} : ${value}`);
      if (added.length > 0) lines.push(`add element ip godwit ${map} { ${added.join(', ')} }`);
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }
}
