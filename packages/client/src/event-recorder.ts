import { type Allowance, describeError, TokenBucket, timestamp } from '@godwit/base';
import { event, isNotFound, type KubeObject } from '@godwit/kinds';
import type { ApiClient } from './api-client.ts';

/** How long the same thing happening again counts up one Event, and does not make another. */
const SAME_FOR_MS = 600_000;
/**
 * So many times are told at once. From then on it is written no more often than this how often it has happened: what is
 * wrong for hours is tried every few seconds, and each try would be a durable write.
 */
const TOLD_AT_ONCE = 5;
const COUNT_UP_EVERY_MS = 30_000;
/** Most Events that are remembered to be counted up; the oldest is forgotten first. */
const REMEMBERED = 4096;
/**
 * What is as it should be is told of so many objects at once and a second. When thousands of machines begin
 * together, telling each of them that it did would cost as much as starting them; and they say it themselves.
 */
const NORMAL: Allowance = { burst: 500, perSecond: 50 };
/** Longest message of an Event that the API takes. */
const LONGEST_MESSAGE = 1024;

interface Repeated {
  readonly namespace: string;
  readonly name: string;
  count: number;
  lastMs: number;
  /** A write is under way, or put off; what happens meanwhile is written after it, in one. */
  writing: boolean;
  written: number;
  writtenMs: number;
}

/**
 * Writes down what happens to objects, as Events. Never waits and never fails: an Event that cannot be
 * written is logged and lost. Warnings are always told, the rest within its allowance. The same thing happening again counts up the Event that is there.
 */
export class EventRecorder {
  readonly #client: ApiClient;
  readonly #component: string;
  readonly #host: string | undefined;
  readonly #repeated = new Map<string, Repeated>();
  readonly #allowed: TokenBucket;

  /** @param component the part that speaks, such as `virtual-machine-controller` */
  constructor(client: ApiClient, component: string, host?: string) {
    this.#client = client;
    this.#component = component;
    this.#host = host;
    this.#allowed = new TokenBucket(client.world.clock, NORMAL);
  }

  /** Something that is as it should be. `reason` is one CamelCase word. */
  normal(object: KubeObject, reason: string, message: string): void {
    if (this.#allowed.take()) this.#record(object, 'Normal', reason, message);
  }

  /** Something that somebody may have to see to. */
  warning(object: KubeObject, reason: string, message: string): void {
    this.#record(object, 'Warning', reason, message);
  }

  #record(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { clock, ids } = this.#client.world;
    const { uid = '', name = '', namespace = 'default' } = object.metadata;
    const key = `${uid}/${object.kind}/${namespace}/${name}/${type}/${reason}/${message}`;
    let entry = this.#repeated.get(key);
    if (!entry || clock.now() - entry.lastMs > SAME_FOR_MS) {
      const eventName = `${name}.${ids.uuid().replaceAll('-', '').slice(0, 16)}`;
      entry = { namespace, name: eventName, count: 0, lastMs: 0, writing: false, written: 0, writtenMs: 0 };
    }
    entry.count++;
    entry.lastMs = clock.now();
    this.#repeated.delete(key);
    this.#repeated.set(key, entry);
    const oldest = this.#repeated.keys().next().value;
    if (this.#repeated.size > REMEMBERED && oldest !== undefined) this.#repeated.delete(oldest);
    if (!entry.writing) void this.#write(entry, object, type, reason, message);
  }

  async #write(entry: Repeated, object: KubeObject, type: string, reason: string, message: string): Promise<void> {
    entry.writing = true;
    try {
      while (entry.written < entry.count) {
        if (entry.written >= TOLD_AT_ONCE) await this.#putOff(entry);
        const { count } = entry;
        if (entry.written === 0 || !(await this.#countUp(entry, count))) {
          await this.#create(entry, object, type, reason, message, count);
        }
        entry.written = count;
        entry.writtenMs = this.#client.world.clock.monotonic();
      }
    } catch (error) {
      this.#client.world.log.debug('an event was not written', { reason, message, error: describeError(error) });
    } finally {
      entry.writing = false;
    }
  }

  async #putOff({ writtenMs }: Repeated): Promise<void> {
    const { clock } = this.#client.world;
    const waitMs = writtenMs + COUNT_UP_EVERY_MS - clock.monotonic();
    if (waitMs > 0) await clock.sleep(waitMs);
  }

  /** False when the Event has gone meanwhile. */
  async #countUp({ namespace, name, lastMs }: Repeated, count: number): Promise<boolean> {
    const body = { count, lastTimestamp: timestamp({ now: () => lastMs }) };
    try {
      await this.#client.resource(event).patch({ namespace, name }, { type: 'merge', body });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #create(
    { namespace, name }: Repeated,
    object: KubeObject,
    type: string,
    reason: string,
    message: string,
    count: number,
  ): Promise<void> {
    const now = timestamp(this.#client.world.clock);
    const { metadata } = object;
    await this.#client.resource(event).create({
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        ...(metadata.namespace && { namespace: metadata.namespace }),
        ...(metadata.name && { name: metadata.name }),
        ...(metadata.uid && { uid: metadata.uid }),
        ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
      },
      type,
      reason,
      message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message,
      source: { component: this.#component, ...(this.#host && { host: this.#host }) },
      reportingComponent: this.#component,
      reportingInstance: this.#host ?? '',
      firstTimestamp: now,
      lastTimestamp: now,
      count,
    });
  }
}
