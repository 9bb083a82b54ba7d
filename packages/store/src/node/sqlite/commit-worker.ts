/**
 * The thread that writes. Whatever has arrived while a commit was under way goes into the next one.
 * After a failed commit the file is opened anew, and what was sent before the store heard of the failure
 * (an older `epoch`) is dropped: it was numbered after batches that do not exist.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { describeError, Failure } from '@godwit/base';
import { type Durability, type Group, LogFile } from './log-file.ts';

/** From the store: a group, or the wish to end. */
export interface Order {
  readonly epoch: number;
  /** The newest revision when all that was sent before has been written. */
  readonly after: number;
  readonly group?: Group;
  readonly close?: boolean;
}

/** To the store: all groups up to the `count`-th of the epoch are durable, or none from there on is written. */
export type Report =
  | { readonly type: 'durable'; readonly epoch: number; readonly count: number }
  | { readonly type: 'failed'; readonly epoch: number; readonly message: string; readonly unknown: boolean }
  | { readonly type: 'closed' };

export interface WorkerInput {
  readonly path: string;
  readonly durability: Durability;
}

const port = parentPort;
if (!port) throw new Error('this module is the body of a worker thread');
const input = workerData as WorkerInput;
let file: LogFile | undefined;
let failedEpoch = -1;

port.on('message', (first: Order) => {
  const orders = [first];
  for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) orders.push(more.message);
  const wanted = orders.filter((order) => order.epoch > failedEpoch && order.group);
  if (wanted.length > 0) write(wanted);
  if (orders.some((order) => order.close)) {
    file?.close();
    port.postMessage({ type: 'closed' } satisfies Report);
    port.close();
  }
});

function write(orders: readonly Order[]): void {
  const { epoch, after } = orders[0] as Order;
  const group = merge(orders);
  try {
    file ??= openAt(after);
    file.commit(group);
    report({ type: 'durable', epoch, count: orders.length });
  } catch (error) {
    const last = group.rows.at(-1)?.revision;
    const unknown = error instanceof Failure && error.details.unknown === true;
    file?.close();
    file = undefined;
    if (unknown && last !== undefined && isWritten(last)) {
      report({ type: 'durable', epoch, count: orders.length });
      return;
    }
    failedEpoch = epoch;
    report({ type: 'failed', epoch, message: describeError(error), unknown });
  }
}

/** Opens the file and makes sure that it stands where the store believes that it does. */
function openAt(revision: number): LogFile {
  const opened = new LogFile(input.path, input.durability);
  if (opened.revision === revision) return opened;
  const found = opened.revision;
  opened.close();
  throw new Failure('unavailable', `${input.path} stands at revision ${found} instead of ${revision}: start again`);
}

/** After a commit whose end was not seen: whether it is in the file, read back through a fresh recovery. */
function isWritten(revision: number): boolean {
  try {
    file = new LogFile(input.path, input.durability);
    return file.revision === revision;
  } catch {
    return false;
  }
}

function merge(orders: readonly Order[]): Group {
  const groups = orders.map((order) => order.group as Group);
  if (groups.length === 1) return groups[0] as Group;
  const floor = Math.max(...groups.map((group) => group.floor ?? 0));
  return {
    rows: groups.flatMap((group) => group.rows),
    dropped: groups.flatMap((group) => group.dropped ?? []),
    ...(floor > 0 && { floor }),
  };
}

function report(message: Report): void {
  port?.postMessage(message);
}
