import { Agent, get } from 'node:http';

/** One GET with a new connection. Throws when there is no whole answer of status 200. */
export function fetchText(url: string, agent = new Agent({ keepAlive: false })): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: 60_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`status ${response.statusCode}: ${text}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer within a minute')));
    request.on('error', reject);
  });
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: readonly string[];
  /** How often each answer came. */
  readonly answers: ReadonlyMap<string, number>;
}

/**
 * GETs from a few clients, half of them with a connection for each request, until `stop` is called. Paced,
 * so that it shows loss and not the limit of the machine.
 */
export function startLoad(url: string, clients = 8, pauseMs = 5): { stop(): Promise<LoadResult> } {
  let running = true;
  const failures: string[] = [];
  const answers = new Map<string, number>();
  const client = async (index: number) => {
    const agent = new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 });
    while (running) {
      try {
        const text = await fetchText(url, agent);
        answers.set(text, (answers.get(text) ?? 0) + 1);
      } catch (error) {
        failures.push(`${new Date().toISOString()} ${String(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return {
    async stop() {
      running = false;
      await all;
      const requests = [...answers.values()].reduce((sum, count) => sum + count, 0) + failures.length;
      return { requests, failures, answers };
    },
  };
}
