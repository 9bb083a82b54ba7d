import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { SeededRandom, SystemClock, silentLog, type World } from '@godwit/base';
import { SystemIds } from '@godwit/base/node';
import { portRequest } from '../../../conformance/index.ts';
import type { Port, PortRequest } from '../../../network-driver.ts';
import type { AddressPlan } from '../../../services/index.ts';
import { run } from '../command.ts';
import { LinuxNetwork } from '../linux-network.ts';
import type { TestServer } from './machine.ts';

/** Why these tests cannot run here; undefined when they can. */
export function whyNoNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for network namespaces';
  const tools = ['ip', 'nft', 'dnsmasq', 'haproxy', 'conntrack', 'nsenter'];
  const folders = `${process.env.PATH}:/usr/sbin:/sbin`.split(':');
  const missing = tools.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  return missing.length > 0 ? `needs ${missing.join(', ')}` : undefined;
}

/** Longest that a command of a test may take on a machine that is slow, or stands still for a while. */
const LONGEST_COMMAND_MS = 120_000;

/** A data plane of its own for one test file, and programs in its machines. */
export class NetworkHarness {
  readonly instanceId: string;
  readonly prefix: string;
  readonly plan: AddressPlan;
  readonly world: World = {
    clock: new SystemClock(),
    random: new SeededRandom(1),
    ids: new SystemIds(),
    log: silentLog,
  };
  driver: LinuxNetwork;
  readonly #children = new Set<ChildProcess>();

  /** @param name tells the data planes of one test run apart */
  constructor(name: string) {
    const digest = createHash('sha256').update(`${name}-${process.pid}`).digest();
    this.instanceId = digest.toString('hex', 0, 4);
    this.prefix = `10.${freeOctet(process.pid)}`;
    this.plan = {
      subnet: `${this.prefix}.0.0/17`,
      gateway: `${this.prefix}.0.1`,
      serviceSubnet: `${this.prefix}.128.0/18`,
      loadBalancerRange: `${this.prefix}.192.0/24`,
      uplinkHostAddress: `${this.prefix}.255.1`,
      uplinkInnerAddress: `${this.prefix}.255.2`,
      dnsDomain: 'cluster.local',
      mtu: 1500,
    };
    this.driver = this.open();
  }

  open(resolvFiles?: readonly string[]): LinuxNetwork {
    const { instanceId, plan, world } = this;
    return new LinuxNetwork({ instanceId, plan, world, ...(resolvFiles && { resolvFiles }) });
  }

  /** As after a crash of the program: nothing is told to the old driver but to keep still. */
  async reopen(): Promise<LinuxNetwork> {
    await this.driver.release();
    this.driver = this.open();
    await this.driver.start();
    return this.driver;
  }

  ip(host: number): string {
    return `${this.prefix}.0.${host}`;
  }
  /** A service's address. */
  vip(host: number): string {
    return `${this.prefix}.128.${host}`;
  }
  /** A load balancer's address. */
  lb(host: number): string {
    return `${this.prefix}.192.${host}`;
  }

  request(host: number, more: Partial<PortRequest> = {}): PortRequest {
    return { ...portRequest(this.prefix, host, `machine-${host}`), ...more };
  }

  async machine(host: number, servers: readonly TestServer[], more: Partial<PortRequest> = {}): Promise<ChildProcess> {
    const port = await this.driver.attach(this.request(host, more));
    return this.serve(port, servers);
  }

  /** Starts a program in a machine's namespace. */
  async serve(port: Port, servers: readonly TestServer[]): Promise<ChildProcess> {
    const program = join(import.meta.dirname, 'machine.ts');
    const argv = [`--net=${port.namespacePath}`, '--', process.execPath, program, JSON.stringify(servers)];
    const child = spawn('nsenter', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the test machine ended with ${code}`)));
    });
    return child;
  }

  /** Runs a command in a machine's namespace and answers its output. */
  inMachine(host: number, ...argv: string[]): string {
    const namespace = `/run/netns/${this.driver.names.podPrefix}machine-${host}`;
    return execFileSync('nsenter', [`--net=${namespace}`, '--', ...argv], {
      encoding: 'utf8',
      timeout: LONGEST_COMMAND_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** What GETs answer to a machine: `count` of them, from the address `source`, each within `patienceMs`. */
  ask(
    host: number,
    url: string,
    { count = 1, source = '', patienceMs = 60_000 }: { count?: number; source?: string; patienceMs?: number } = {},
  ): string[] {
    const words = [join(import.meta.dirname, 'ask.ts'), url, `${count}`, source, `${patienceMs}`];
    return this.inMachine(host, process.execPath, ...words)
      .trim()
      .split('\n');
  }

  /** The same while this process goes on, for servers that it runs itself. */
  async askLater(host: number, url: string): Promise<string[]> {
    const namespace = `/run/netns/${this.driver.names.podPrefix}machine-${host}`;
    const program = join(import.meta.dirname, 'ask.ts');
    const words = [`--net=${namespace}`, '--', process.execPath, program, url];
    const text = await run(['nsenter', ...words], { timeoutMs: LONGEST_COMMAND_MS });
    return text.trim().split('\n');
  }

  inDataPlane(...argv: string[]): string {
    const namespace = `/run/netns/${this.driver.names.namespace}`;
    return execFileSync('nsenter', [`--net=${namespace}`, '--', ...argv], {
      encoding: 'utf8',
      timeout: LONGEST_COMMAND_MS,
    });
  }

  async close(): Promise<void> {
    for (const child of this.#children) {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await this.driver.remove();
  }
}

/** Kills a test machine's program and waits for its end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

/** Whether a process runs. One that has ended has no command line, also where nobody collects it. */
export function isAlive(pid: number | string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

/** Programs that start together have process numbers near each other, and so never begin with the same one. */
function freeOctet(start: number): number {
  const used = new Set(
    Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .map(({ address }) => address.split('.').slice(0, 2).join('.')),
  );
  for (let i = 0; i < 64; i++) {
    const octet = 64 + ((start + i) % 64);
    if (!used.has(`10.${octet}`)) return octet;
  }
  throw new Error('no 10.64/10 range is free');
}
