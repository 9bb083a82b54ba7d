import { readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Failure } from '@godwit/base';
import { runProgram } from '@godwit/base/node';

/** The engine of this host as a user of it has it. */
export interface HostEngine {
  readonly runtime: string;
  /** Path of the program that monitors containers. */
  readonly conmon: string;
  /** The host's ordinary store; undefined where it cannot be shared. */
  readonly store?: { readonly graphRoot: string; readonly runRoot: string } | undefined;
}

/** What the answer depends on, beside the program itself. */
const SETTINGS = [
  '/etc/containers/storage.conf',
  '/etc/containers/containers.conf',
  '/usr/share/containers/storage.conf',
  '/usr/share/containers/containers.conf',
];
const TIMEOUT_MS = 30_000;
/** What is asked: a template of Podman's, one answer between bars. */
const FORMAT =
  '{{.Store.GraphRoot}}|{{.Store.RunRoot}}|{{.Store.GraphDriverName}}|{{.Host.OCIRuntime.Name}}|{{.Host.Conmon.Path}}';

/**
 * Asks Podman where its store is and what runs its containers. The answer is kept, because asking takes a
 * quarter of a second of each start, and asked for again when the program or its settings change.
 * @throws Failure `engine-missing`
 */
export async function hostEngine(cachePath: string): Promise<HostEngine> {
  const { CONTAINERS_CONF = '', CONTAINERS_STORAGE_CONF = '' } = process.env;
  const own = [CONTAINERS_CONF, CONTAINERS_STORAGE_CONF].filter(Boolean);
  const key = FORMAT + (await versionOf([...programs('podman'), ...SETTINGS, ...own]));
  const known = await readKnown(cachePath);
  if (known?.key === key) return known.engine;
  const engine = await askPodman();
  await writeFile(cachePath, JSON.stringify({ key, engine }));
  return engine;
}

async function readKnown(path: string): Promise<{ readonly key: string; readonly engine: HostEngine } | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as { key: string; engine: HostEngine };
  } catch {
    return undefined;
  }
}

async function askPodman(): Promise<HostEngine> {
  try {
    const { stdout } = await runProgram('podman', ['info', '--format', FORMAT], { timeoutMs: TIMEOUT_MS });
    const [graphRoot, runRoot, driver, runtime, conmon] = stdout.trim().split('|');
    // Only a store of the same kind can be shared.
    const store = graphRoot && runRoot && driver === 'overlay' ? { graphRoot, runRoot } : undefined;
    return { runtime: runtime || 'crun', conmon: conmon || '/usr/bin/conmon', store };
  } catch (cause) {
    throw new Failure('engine-missing', 'podman cannot be run; install the packages podman, crun, runc and conmon', {
      cause,
    });
  }
}

function programs(name: string): readonly string[] {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
}

async function versionOf(paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map(async (path) => {
      const facts = await stat(path).catch(() => undefined);
      return facts ? `${path}:${facts.mtimeMs}:${facts.size}` : '';
    }),
  );
  return parts.filter(Boolean).join(' ');
}
