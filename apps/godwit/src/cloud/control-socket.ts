/**
 * How `godwit up --detach` and `godwit down` talk to a running `godwit up`: HTTP over a Unix socket in the
 * state folder. Holding the socket is also what keeps two programs from sharing one state folder.
 */
import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { Failure, SystemClock } from '@godwit/base';

/** What a running program tells about itself, for people. */
export interface Summary {
  readonly processId: number;
  readonly address: string;
  readonly kubeconfig: string;
  readonly accelerator: string;
  readonly loadBalancerRange: string;
  readonly readyAfterMs: number;
}

/** What one controller tells about itself. */
export interface ControllerReport {
  readonly name: string;
  readonly runs: number;
  readonly queueDepth: number;
  readonly lastRunAgeMs?: number;
  /** Absent when the last run went well. */
  readonly lastError?: string;
}

export interface ControlHandlers {
  /** Undefined until everything runs. */
  readonly summary: () => Summary | undefined;
  readonly controllers: () => readonly ControllerReport[];
  /** Stops all machines, tells about it, and ends the program once the reply has been sent. */
  readonly down: (say: (line: string) => void) => Promise<void>;
}

/** Takes the socket. Throws `already-running` when another program answers on it. */
export async function holdControlSocket(path: string, handlers: ControlHandlers): Promise<Server> {
  if (await answers(path)) throw new Failure('already-running', `a Godwit already runs on this state folder (${path})`);
  rmSync(path, { force: true });
  const server = createServer((incoming, response) => {
    if (incoming.method === 'POST' && incoming.url === '/down') {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const say = (line: string) => response.write(`${line}\n`);
      handlers.down(say).then(
        () => response.end('done\n'),
        (error: unknown) => response.end(`failed: ${String(error)}\n`),
      );
      return;
    }
    if (incoming.url === '/controllers') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(handlers.controllers()));
      return;
    }
    const summary = handlers.summary();
    response.writeHead(summary ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify(summary ?? {}));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return server;
}

async function answers(path: string): Promise<boolean> {
  try {
    await call(path, 'GET', '/', () => {});
    return true;
  } catch {
    return false;
  }
}

/** The summary of the program on this socket: undefined when none runs, null while one starts. */
export async function readSummary(path: string): Promise<Summary | null | undefined> {
  let text = '';
  try {
    const status = await call(path, 'GET', '/', (chunk) => {
      text += chunk;
    });
    return status === 200 ? (JSON.parse(text) as Summary) : null;
  } catch {
    return undefined;
  }
}

/** How the controllers of the program on this socket are; none when no program runs. */
export async function readControllerReports(path: string): Promise<readonly ControllerReport[]> {
  let text = '';
  try {
    await call(path, 'GET', '/controllers', (chunk) => {
      text += chunk;
    });
    return JSON.parse(text) as ControllerReport[];
  } catch {
    return [];
  }
}

/** Between looks whether a program that is going has gone. */
const GOING_MS = 20;

/** Tells the running program to take everything down, and waits for its end; `say` gets its words line by line. */
export async function orderDown(path: string, say: (line: string) => void): Promise<void> {
  let rest = '';
  let last = '';
  await call(path, 'POST', '/down', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== 'done') say(line);
      last = line;
    }
  });
  if (last !== 'done') throw new Failure('down-failed', last === '' ? 'the running program ended early' : last);
  // It closes its store after its reply: before that nobody may remove the folder.
  const clock = new SystemClock();
  while (await answers(path)) await clock.sleep(GOING_MS);
}

function call(path: string, method: string, url: string, onData: (chunk: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: path, method, path: url }, (response) => {
      response.setEncoding('utf8');
      response.on('data', onData);
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
