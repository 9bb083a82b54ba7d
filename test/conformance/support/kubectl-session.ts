import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Kubectl, type Result, runProgram } from '../../support/kubectl.ts';

/** What a kubectl talks to. */
export interface KubectlTarget {
  /** For what it keeps: its cache, its home. */
  readonly folder: string;
  readonly kubeconfig: string;
}

/** Longest that one command may take. */
const COMMAND_MS = 90_000;
/** Longest that a command that goes on may take to print what is waited for. */
const PRINT_MS = 30_000;

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
  ): RunningKubectl {
    const child = spawn(this.kubectl.path, ['-n', this.namespace, ...args], {
      env: { ...this.#environment(), ...env },
      stdio: [input, 'pipe', 'pipe'],
    });
    return new RunningKubectl(child);
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

/** A kubectl that is still running: what it printed so far, and waiting for more. */
export class RunningKubectl {
  readonly child: ChildProcess;
  output = '';
  readonly ended: Promise<number | null>;
  #onOutput: (() => void) | undefined;

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#onOutput?.();
      });
    }
    this.ended = new Promise((resolve) => child.on('close', (status) => resolve(status)));
  }

  /** Resolves with the match once the output holds it; rejects when the program ends without it. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    let over = false;
    const deadline = setTimeout(() => this.child.kill('SIGKILL'), PRINT_MS);
    const ended = this.ended.then(() => {
      over = true;
      this.#onOutput?.();
    });
    try {
      for (;;) {
        const match = this.output.match(pattern);
        if (match) return match;
        if (over) return assert.fail(`it ended without ${pattern}:\n${this.output}`);
        await new Promise<void>((resolve) => {
          this.#onOutput = resolve;
          if (over) resolve();
        });
      }
    } finally {
      clearTimeout(deadline);
      ended.catch(() => {});
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
