import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** One kubectl on this machine. */
export interface Kubectl {
  readonly path: string;
  /** Such as `1.32`. */
  readonly version: string;
}

/** The oldest kubectl whose streams go over WebSockets. */
const OLDEST_MINOR = 30;

/**
 * Every kubectl from 1.30 up: those on PATH, all `kubectl*` beside one that is a link into another folder,
 * and those in the folders of GODWIT_KUBECTL_PATH. One a version.
 */
export function findKubectls(): Kubectl[] {
  const folders = [
    ...(process.env.GODWIT_KUBECTL_PATH ?? '').split(delimiter),
    ...(process.env.PATH ?? '').split(delimiter),
    ...WELL_KNOWN,
  ].filter((folder) => folder !== '');
  const found = new Map<string, Kubectl>();
  for (const path of folders.flatMap(kubectlsIn)) {
    const version = versionOf(path);
    if (version && Number(version.split('.')[1]) >= OLDEST_MINOR && !found.has(version))
      found.set(version, { path, version });
  }
  return [...found.values()].toSorted((a, b) => Number(a.version.slice(2)) - Number(b.version.slice(2)));
}

/** Where packages put several versions beside a dispatcher that stands on PATH. */
const WELL_KNOWN = ['/usr/lib/google-cloud-sdk/bin'];

function kubectlsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^kubectl(\.\d+\.\d+)?$/.test(name))
      .map((name) => join(folder, name))
      .filter(isExecutable);
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(path: string): string | undefined {
  const { stdout } = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8', timeout: 20_000 });
  const match = /"gitVersion": "v(\d+\.\d+)/.exec(stdout ?? '');
  return match?.[1];
}

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Never throws: look at `status`. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>>; timeoutMs?: number } = {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, PATH: `${process.env.PATH}:${dirname(process.execPath)}`, ...options.env },
      timeout: options.timeoutMs ?? 120_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.end(options.input ?? '');
  });
}
