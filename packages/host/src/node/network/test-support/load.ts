import { Agent, request } from 'node:http';
import { connect } from 'node:http2';

/** The body that a GET answers; rejects unless the status is 200. */
export function fetchText(url: string, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent: agent ?? false, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`status ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', reject);
    call.end();
  });
}

/** The body that a GET over HTTP/2 without TLS answers. */
export function fetchHttp2(origin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connect(origin);
    session.on('error', reject);
    const stream = session.request({ ':path': '/' });
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('error', reject);
    stream.on('end', () => {
      session.close();
      resolve(text);
    });
  });
}

export interface LoadResult {
  readonly answers: ReadonlyMap<string, number>;
  readonly total: number;
  readonly failures: readonly string[];
}

export interface LoadOptions {
  readonly clients: number;
  /** Every second client keeps its connection; else each request makes its own. */
  readonly keepSome?: boolean;
  /** Counts what is answered, for who wants something to happen in the middle of it. */
  readonly progress?: { answered: number };
}

/** GETs from a few clients at once, until `until` settles. */
export async function load(
  url: string,
  { clients, keepSome = false, progress = { answered: 0 } }: LoadOptions,
  until: Promise<unknown>,
): Promise<LoadResult> {
  const state = { isOver: false };
  const over = until.finally(() => {
    state.isOver = true;
  });
  const answers = new Map<string, number>();
  const failures: string[] = [];
  let total = 0;
  const client = async (index: number) => {
    const agent = new Agent({ keepAlive: keepSome && index % 2 === 0, maxSockets: 1 });
    while (!state.isOver) {
      total++;
      try {
        const answer = await fetchText(url, agent);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        progress.answered++;
      } catch (error) {
        failures.push(String(error));
      }
    }
    agent.destroy();
  };
  await Promise.all([over, ...Array.from({ length: clients }, (_, index) => client(index))]);
  return { answers, total, failures };
}
