import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Failure, hasCode } from '@godwit/base';
import type { NameServer } from './cluster-lookup.ts';
import type { Download, DownloadFacts } from './download.ts';

/** Where downloads take place: what a tenant names is fetched from where the tenant's own machines stand. */
export interface DownloadPlace {
  /** Words that make a command run there, such as `nsenter --net=… --`. */
  readonly enter: readonly string[];
  readonly nameServer: string;
  readonly dnsDomain: string;
}

/** What the program that downloads is told, as JSON on its input. */
export interface DownloadOrder {
  readonly path: string;
  readonly facts: DownloadFacts;
  readonly nameServer: NameServer;
}

/** What it tells, one JSON text a line. */
export type DownloadNews =
  | { readonly percent: number }
  | { readonly failure: { readonly code: string; readonly message: string; readonly retryable: boolean } };

const PROGRAM = fileURLToPath(new URL('./download-program.ts', import.meta.url));
const MOST_WORDS = 2_000;

/**
 * Downloads in a process of its own, inside the network of the data plane: a tenant's address reaches services and
 * machines by their names, and nothing of this host that a pod would not reach.
 */
export function downloadWithin({ enter, nameServer, dnsDomain }: DownloadPlace): Download {
  return (path, request) =>
    new Promise((resolve, reject) => {
      const { signal, onProgress, namespace, ...facts } = request;
      const searches = [...(namespace ? [`${namespace}.svc.${dnsDomain}`] : []), `svc.${dnsDomain}`, dnsDomain];
      const order: DownloadOrder = { path, facts, nameServer: { address: nameServer, searches } };
      // Nobody else would end it, should this process be killed meanwhile.
      const words = ['--pdeathsig', 'KILL', '--', ...enter, process.execPath, ...process.execArgv, PROGRAM];
      const child = spawn('setpriv', words, { stdio: ['pipe', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
      let failure: Failure | undefined;
      let said = '';
      createInterface(child.stdout).on('line', (line) => {
        const news = JSON.parse(line) as DownloadNews;
        if ('percent' in news) return onProgress(news.percent);
        const { code, message, retryable } = news.failure;
        failure = new Failure(code, message, { retryable });
      });
      child.stderr.on('data', (part: Buffer) => {
        said = (said + part.toString()).slice(-MOST_WORDS);
      });
      let givenUp: Error | undefined;
      child.on('error', (error) => {
        if (hasCode(error, 'ENOENT')) {
          return reject(new Failure('program-missing', 'setpriv is not installed', { cause: error }));
        }
        // It writes no more once it is gone, and not before.
        givenUp = error;
      });
      child.on('close', (code, signalName) => {
        if (givenUp) return reject(givenUp);
        if (failure) return reject(failure);
        if (code === 0) return resolve();
        const how = `the download ended with ${signalName ?? code}: ${said.trim()}`;
        reject(new Failure('download-failed', how, { retryable: true }));
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(JSON.stringify(order));
    });
}
