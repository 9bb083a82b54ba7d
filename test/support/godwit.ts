import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '@godwit/kinds';
import { findKubectls, type Result, runProgram } from './kubectl.ts';

export const projectRoot = join(import.meta.dirname, '../..');
const mainFile = join(projectRoot, 'apps/godwit/src/main.ts');
/** As the launcher starts the program. */
const FLAGS = ['--max-semi-space-size=64', '--disable-warning=ExperimentalWarning'];

/**
 * A whole Godwit in a state folder of its own, as `./godwit up` runs it. `stop` takes everything away.
 * It can be killed and started again on the same folder.
 */
export class GodwitUnderTest {
  readonly state: string;
  readonly kubeconfig: string;
  #child: ChildProcess | undefined;
  #output = '';
  readonly #kubectl: string;

  constructor(state = mkdtempSync(join(tmpdir(), 'godwit-e2e-'))) {
    this.state = state;
    this.kubeconfig = join(state, 'admin.kubeconfig');
    const newest = findKubectls().at(-1);
    assert.ok(newest, 'no kubectl of 1.30 or newer was found');
    this.#kubectl = newest.path;
  }

  /** What the program printed so far. */
  get output(): string {
    return this.#output;
  }

  /** The eight digits that names on the host carry. */
  get instanceId(): string {
    return this.#instance.id;
  }

  /** Second octet of its address range. */
  get octet(): number {
    return this.#instance.octet;
  }

  get #instance(): { readonly id: string; readonly octet: number } {
    return JSON.parse(readFileSync(join(this.state, 'instance.json'), 'utf8'));
  }

  get processId(): number {
    assert.ok(this.#child?.pid, 'not running');
    return this.#child.pid;
  }

  /** Starts the program and resolves when it says that it is ready. */
  async up(): Promise<void> {
    const child = spawn(process.execPath, [...FLAGS, mainFile, 'up', '--state', this.state], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#output = '';
    await new Promise<void>((resolve, reject) => {
      const onText = (text: string) => {
        this.#output += text;
        if (this.#output.includes('Godwit is ready')) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', onText);
      child.stderr.setEncoding('utf8').on('data', onText);
      child.once('exit', (code) => reject(new Error(`godwit up ended with ${code}:\n${this.#output}`)));
    });
  }

  /** kill -9, as a crash does it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ctrl-C. */
  async interrupt(): Promise<void> {
    await this.#end('SIGINT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  /** Runs a verb of the program on this state folder. */
  verb(...args: string[]): Promise<Result> {
    return runProgram(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', mainFile, ...args, '--state', this.state],
      { timeoutMs: VERB_MS },
    );
  }

  /** Starts a verb that goes on until it is stopped, with an open input. */
  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [...FLAGS, mainFile, ...args, '--state', this.state]);
  }

  /** Runs kubectl and returns what it printed; fails the test when it fails. */
  async kubectl(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.tryKubectl(args);
    assert.equal(status, 0, `kubectl ${args.join(' ')}:\n${stderr}\n${stdout}`);
    return stdout;
  }

  tryKubectl(args: readonly string[], input?: string): Promise<Result> {
    return runProgram(this.#kubectl, ['--kubeconfig', this.kubeconfig, ...args], {
      ...(input !== undefined && { input }),
    });
  }

  /** `kubectl apply` of a manifest given as text. */
  async apply(manifest: string): Promise<void> {
    const { status, stderr } = await this.tryKubectl(['apply', '-f', '-'], manifest);
    assert.equal(status, 0, stderr);
  }

  /** Any object as JSON; undefined when there is none. */
  async get<T>(resource: string, name: string, namespace = 'default'): Promise<T | undefined> {
    const { status, stdout, stderr } = await this.tryKubectl(['get', resource, name, '-n', namespace, '-o', 'json']);
    if (status !== 0 && stderr.includes('NotFound')) return undefined;
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  /** Waits until there is an event about an object of this name, in whose line of the list the pattern is found. */
  async told(name: string, event: RegExp): Promise<void> {
    await waitFor(`an event of ${name} that matches ${event}`, async () => {
      return event.test(await this.kubectl('get', 'events', '--field-selector', `involvedObject.name=${name}`));
    });
  }

  /** The address of a LoadBalancer, once it has one. */
  externalAddress(service: string): Promise<string> {
    return waitFor(`an external address of ${service}`, async () => {
      return (await this.get<Service>('service', service))?.status?.loadBalancer?.ingress?.[0]?.ip;
    });
  }

  /** Removes everything, also when the program has been killed. */
  async stop(): Promise<void> {
    const { status, stdout, stderr } = await this.verb('down', '--purge', '--yes');
    await this.#end('SIGKILL');
    assert.equal(status, 0, `${stdout}\n${stderr}\n${this.#output}`);
  }

  /** The last lines of the program's own words, for a failure's message. */
  log(): string {
    try {
      return readFileSync(join(this.state, 'godwit.log'), 'utf8').slice(-4000);
    } catch {
      return this.#output.slice(-4000);
    }
  }
}

/** Longer than anything takes on a machine that is slow, and busy with other things beside. */
const PATIENCE_MS = 180_000;
/** A verb may wait itself: taking all machines down for three minutes. */
const VERB_MS = 600_000;

/** Asks `probe` until it answers something, and returns that; fails with `what` after `timeoutMs`. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${timeoutMs / 1000} s for ${what}`, { cause: last });
}
