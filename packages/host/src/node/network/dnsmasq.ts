import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Timer, World } from '@godwit/base';
import type { PortRequest, ServiceTable } from '../../network-driver.ts';
import {
  type AddressPlan,
  machineRecords,
  renderDnsmasqConfig,
  renderNamespaceOptions,
  renderReservation,
  serviceRecords,
} from '../../services/index.ts';
import { inNamespace, run } from './command.ts';
import { daemonPid, existingUser, keepApart, signalDaemon, stopDaemon } from './daemon.ts';
import type { DataPlaneNames } from './data-plane-names.ts';
import type { Upstream } from './resolver.ts';

/** Names and leases: one dnsmasq in the data plane, told by files, never restarted for a change of them. */
export class Dnsmasq {
  readonly #names: DataPlaneNames;
  readonly #plan: AddressPlan;
  readonly #world: World;
  readonly #folder: string;
  #services: Map<string, string> | undefined;
  #rereading: Timer | undefined;

  readonly #upstream: () => Upstream;

  constructor(names: DataPlaneNames, plan: AddressPlan, world: World, upstream: () => Upstream) {
    this.#names = names;
    this.#upstream = upstream;
    this.#plan = plan;
    this.#world = world;
    this.#folder = join(names.runFolder, 'dns');
  }

  get #identity() {
    const file = join(this.#folder, 'dnsmasq.conf');
    const scope = `${this.#names.scopePrefix}dnsmasq.scope`;
    return { pidFile: join(this.#folder, 'dnsmasq.pid'), mark: `--conf-file=${file}`, scope, file };
  }

  /** Starts it, or leaves the one that runs when it has these settings. */
  async ensure(): Promise<void> {
    for (const name of ['', 'hosts', 'dhcp-hosts', 'dhcp-options']) {
      mkdirSync(join(this.#folder, name), { recursive: true, mode: 0o755 });
    }
    this.refreshUpstream();
    const { file, mark } = this.#identity;
    const user = existingUser('dnsmasq', 'nobody');
    const config = renderDnsmasqConfig({ plan: this.#plan, folder: this.#folder, user });
    if (!existsSync(file) || readFileSync(file, 'utf8') !== config) {
      await stopDaemon(this.#identity, this.#world.clock);
      writeFileSync(file, config);
    }
    if (daemonPid(this.#identity) !== undefined) return;
    // Written by root before dnsmasq gives up its rights, kept by its own user afterwards.
    if (!existsSync(join(this.#folder, 'leases'))) writeFileSync(join(this.#folder, 'leases'), '');
    await run(['chown', user, join(this.#folder, 'leases')]);
    chmodSync(this.#folder, 0o755);
    await run([...inNamespace(this.#names.namespace), 'dnsmasq', mark]);
    await keepApart(this.#identity, this.#world.log);
  }

  /** The host's name servers may change; dnsmasq looks at its copy by itself. */
  refreshUpstream(): void {
    const { servers } = this.#upstream();
    this.#write('resolv.conf', servers.map((server) => `nameserver ${server}\n`).join(''));
  }

  get running(): boolean {
    return daemonPid(this.#identity) !== undefined;
  }

  addMachine(request: PortRequest): void {
    const { machineUid, index, namespace, address, hostname } = request;
    const file = `${machineUid}-${index}`;
    if (index === 0) {
      const records = machineRecords({ ...request, ip: address.ip, dnsDomain: this.#plan.dnsDomain });
      this.#write(join('hosts', `machine-${file}`), records);
    }
    if (request.type !== 'tap') return;
    this.#write(join('dhcp-options', `in-${namespace}`), renderNamespaceOptions(namespace, address.searchDomains));
    const before = this.#read(join('dhcp-hosts', file));
    const after = renderReservation({ mac: address.mac, ip: address.ip, hostname, namespace });
    this.#write(join('dhcp-hosts', file), after);
    if (before !== '' && before !== after) this.#reread();
  }

  removeMachine(machineUid: string): void {
    for (const [folder, prefix] of [
      ['hosts', `machine-${machineUid}-`],
      ['dhcp-hosts', `${machineUid}-`],
    ] as const) {
      for (const file of this.#files(folder).filter((name) => name.startsWith(prefix))) {
        rmSync(join(this.#folder, folder, file), { force: true });
        if (folder === 'dhcp-hosts') this.#reread();
      }
    }
  }

  applyServices(table: ServiceTable): void {
    const next = serviceRecords(table, this.#plan.dnsDomain);
    const known =
      this.#services ?? new Map(this.#serviceFiles().map((file) => [file, this.#read(join('hosts', file))]));
    for (const [file, text] of next) if (known.get(file) !== text) this.#write(join('hosts', file), text);
    for (const file of known.keys()) {
      if (!next.has(file)) rmSync(join(this.#folder, 'hosts', file), { force: true });
    }
    this.#services = next;
  }

  #serviceFiles(): string[] {
    return this.#files('hosts').filter((file) => !file.startsWith('machine-'));
  }

  #files(folder: string): string[] {
    return existsSync(join(this.#folder, folder)) ? readdirSync(join(this.#folder, folder)) : [];
  }

  #read(file: string): string {
    const path = join(this.#folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Renamed into place: dnsmasq, which watches the folder, never reads half a file. */
  #write(file: string, text: string): void {
    if (this.#read(file) === text) return;
    const draft = join(this.#folder, 'draft');
    writeFileSync(draft, text, { mode: 0o644 });
    renameSync(draft, join(this.#folder, file));
  }

  /** Reservations that are gone are only forgotten on SIGHUP; one signal for many. */
  #reread(): void {
    this.#rereading ??= this.#world.clock.after(200, () => {
      this.#rereading = undefined;
      signalDaemon(this.#identity, 'SIGHUP');
    });
  }

  release(): void {
    if (!this.#rereading) return;
    this.#rereading.cancel();
    this.#rereading = undefined;
    signalDaemon(this.#identity, 'SIGHUP');
  }

  async stop(): Promise<void> {
    this.#rereading?.cancel();
    await stopDaemon(this.#identity, this.#world.clock);
  }
}
