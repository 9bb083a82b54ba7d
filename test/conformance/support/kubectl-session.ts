import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Kubectl, type Result, runProgram } from '../../support/kubectl.ts';
import { RunningProgram } from '../../support/running-program.ts';

/** What a kubectl talks to. */
export interface KubectlTarget {
  /** For what it keeps: its cache, its home. */
  readonly folder: string;
  readonly kubeconfig: string;
}

/** Longest that one command may take. */
const COMMAND_MS = 300_000;

/** One kubectl talking to the API under test, in a namespace and with a cache of its own. */
export class KubectlSession {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly #api: KubectlTarget;
  readonly #kubeconfig: string;

  constructor(api: KubectlTarget, kubectl: Kubectl, namespace: string, kubeconfig: string = api.kubeconfig) {
    this.#api = api;
    this.kubectl = kubectl;
    this.namespace = namespace;
    this.#kubeconfig = kubeconfig;
  }

  /** Makes the namespace, too. */
  static async open(api: KubectlTarget, kubectl: Kubectl, purpose: string): Promise<KubectlSession> {
    const namespace = `${purpose}-${kubectl.version.replace('.', '-')}`;
    const session = new KubectlSession(api, kubectl, namespace);
    await session.ok(['create', 'namespace', namespace]);
    return session;
  }

  /** The same kubectl as somebody else. */
  as(kubeconfig: string): KubectlSession {
    return new KubectlSession(this.#api, this.kubectl, this.namespace, kubeconfig);
  }

  run(args: readonly string[], input?: string, env: Readonly<Record<string, string>> = {}): Promise<Result> {
    return runProgram(this.kubectl.path, ['-n', this.namespace, ...args], {
      ...(input !== undefined && { input }),
      env: { ...this.#environment(), ...env },
      timeoutMs: COMMAND_MS,
    });
  }

  /** Runs a command that must succeed; returns what it printed. */
  async ok(args: readonly string[], input?: string, env?: Readonly<Record<string, string>>): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, input, env);
    assert.equal(status, 0, `kubectl ${this.kubectl.version} ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a command that must fail; returns what it complained of. */
  async refused(args: readonly string[], input?: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, input);
    assert.notEqual(status, 0, `kubectl ${args.join(' ')} should have failed\n${stdout}`);
    return stderr;
  }

  async json<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.ok([...args, '-o', 'json'])) as T;
  }

  /** Starts a command that goes on until it is stopped. */
  start(
    args: readonly string[],
    input: 'pipe' | 'ignore' = 'ignore',
    env: Readonly<Record<string, string>> = {},
  ): RunningProgram {
    const child = spawn(this.kubectl.path, ['-n', this.namespace, ...args], {
      env: { ...this.#environment(), ...env },
      stdio: [input, 'pipe', 'pipe'],
    });
    return new RunningProgram(child);
  }

  #environment(): NodeJS.ProcessEnv & Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.#api.folder,
      KUBECONFIG: this.#kubeconfig,
      KUBECACHEDIR: join(this.#api.folder, 'cache', this.kubectl.version),
    };
  }
}
