import { Worker } from 'node:worker_threads';
import type { Failure } from '@godwit/base';
import { unavailable } from '../../failures.ts';
import type { Order, Report, WorkerInput } from './commit-worker.ts';
import type { Group } from './log-file.ts';

/** What a committer tells its store, in the order in which groups were sent. */
export interface CommitterEvents {
  /** The oldest `count` groups that have not been reported yet are durable. */
  durable(count: number): void;
  /** No group that has not been reported is written, unless the failure says that this is unknown. */
  failed(failure: Failure): void;
}

/** The writing thread, as its store sees it. It is started at the first group and after it died. */
export class Committer {
  readonly #input: WorkerInput;
  readonly #events: CommitterEvents;
  #worker: Worker | undefined;
  #epoch = 0;
  #closed: (() => void) | undefined;

  constructor(input: WorkerInput, events: CommitterEvents) {
    this.#input = input;
    this.#events = events;
  }

  /** @param after the newest revision once all groups sent before are written */
  send(group: Group, after: number): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage({ epoch: this.#epoch, after, group } satisfies Order);
  }

  /** Writes what has been sent, and ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      worker.postMessage({ epoch: this.#epoch, after: 0, close: true } satisfies Order);
    });
    this.#worker = undefined;
    await worker.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./commit-worker.ts', import.meta.url), { workerData: this.#input });
    worker.on('message', (report: Report) => this.#onReport(report));
    worker.on('error', (error) => this.#onDeath(worker, error));
    worker.on('exit', (code) => this.#onDeath(worker, new Error(`it ended with code ${code}`)));
    return worker;
  }

  #onReport(report: Report): void {
    if (report.type === 'closed') this.#closed?.();
    else if (report.epoch < this.#epoch) return;
    else if (report.type === 'durable') this.#events.durable(report.count);
    else {
      this.#epoch++;
      this.#events.failed(unavailable(report.message, { unknown: report.unknown }));
    }
  }

  #onDeath(worker: Worker, cause: Error): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#epoch++;
    this.#events.failed(unavailable('the thread that writes the store died', { cause, unknown: true }));
    this.#closed?.();
  }
}
