import type { RawClient } from './raw-client.ts';
import { must } from './run.ts';

const COLLECTION = '/api/v1/namespaces/default/pods';

interface PodEvent {
  readonly type: string;
  readonly object: { readonly status?: { readonly conditions?: readonly { type: string; status: string }[] } };
}

/** Starts pods through the API: milliseconds from the request to the condition Ready, as a watch shows it. */
export function podStarter(client: RawClient, image: string): (index: number) => Promise<number> {
  return async (index) => {
    const name = `start-${index}`;
    const watch = await client.clone();
    const ready = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const onEvent = (event: PodEvent) => {
      if (event.type === 'DELETED') gone.resolve();
      else if (event.object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
        ready.resolve();
    };
    await watch.stream(`${COLLECTION}?watch=1&fieldSelector=metadata.name%3D${name}`, eventReader(onEvent));
    const startedMs = performance.now();
    const { status, text } = await client.request('POST', COLLECTION, pod(name, image), { keepText: true });
    if (status !== 201) throw new Error(text);
    await ready.promise;
    const tookMs = performance.now() - startedMs;
    await client.request('DELETE', `${COLLECTION}/${name}?gracePeriodSeconds=0`);
    await gone.promise;
    watch.close();
    return tookMs;
  };
}

/** `podman run -d` as it works on this host. */
export interface PodmanByHand {
  /** How it was called, for people. */
  readonly command: string;
  /** Milliseconds that it takes. */
  readonly start: (index: number) => Promise<number>;
}

/**
 * What some hosts need before `podman run` works at all: no network where its network programs are not
 * installed, fewer open files where more are forbidden, runc where crun cannot deal with the control groups.
 * Each leaves Podman no more to do than before.
 */
const ADAPTATIONS: readonly (readonly string[])[] = [
  [],
  ['--network=none'],
  ['--network=none', '--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'],
  ['--network=none', '--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024', '--runtime=runc'],
];

/** Finds how `podman run -d` works here. Throws when it does not. */
export async function podmanByHand(image: string): Promise<PodmanByHand> {
  let refusal: unknown;
  for (const options of ADAPTATIONS) {
    try {
      await runAndRemove(image, options);
      const flags = options.map((option) => ` ${option}`).join('');
      return { command: `podman run -d${flags}`, start: () => runAndRemove(image, options) };
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

async function runAndRemove(image: string, options: readonly string[]): Promise<number> {
  const name = `godwit-bench-${process.pid}`;
  const global = options.filter((option) => option.startsWith('--runtime'));
  const local = options.filter((option) => !global.includes(option));
  try {
    const startedMs = performance.now();
    await must('podman', [...global, 'run', '-d', ...local, '--name', name, image]);
    return performance.now() - startedMs;
  } finally {
    await must('podman', ['rm', '-f', '-i', '-t', '0', name]);
  }
}

/** Reads events, one a line, out of the bytes of a watch; lines of HTTP's own are passed over. */
function eventReader(onEvent: (event: PodEvent) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{"type"')) onEvent(JSON.parse(line) as PodEvent);
  };
}

function pod(name: string, image: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image }] },
  });
}
