import type { AccessRecord } from '@godwit/api';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ControllerReport } from './control-socket.ts';
import { type UsageSources, watchUsage } from './usage-metrics.ts';

/** Seconds; from a cached read to a write that waits for a slow disk. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** What the program counts, in Prometheus' text format. Gauges are read when somebody scrapes. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'verb' | 'code'>;
  readonly #durations: Histogram<'verb'>;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 1_000 });
    this.#requests = new Counter({
      name: 'apiserver_request_total',
      help: 'API requests by HTTP method and status code.',
      labelNames: ['verb', 'code'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'apiserver_request_duration_seconds',
      help: 'Time until the answer was ready to be sent, by HTTP method.',
      labelNames: ['verb'],
      buckets: DURATION_BUCKETS,
      registers,
    });
  }

  readonly onAccess = (record: AccessRecord): void => {
    this.#requests.inc({ verb: record.method, code: String(record.status) });
    this.#durations.observe({ verb: record.method }, record.durationMs / 1000);
  };

  /** Adds figures of parts that are there only once the program runs. */
  watch(parts: { readonly revision: () => number; readonly controllers: () => readonly ControllerReport[] }): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'godwit_store_revision',
      help: 'Newest revision of the store.',
      registers,
      collect() {
        this.set(parts.revision());
      },
    });
    new Gauge({
      name: 'godwit_controller_queue_depth',
      help: 'Names that wait for a controller.',
      labelNames: ['controller'],
      registers,
      collect() {
        for (const { name, queueDepth } of parts.controllers()) this.set({ controller: name }, queueDepth);
      },
    });
    new Gauge({
      name: 'godwit_controller_failing',
      help: '1 when the last run of a controller failed.',
      labelNames: ['controller'],
      registers,
      collect() {
        for (const { name, lastError } of parts.controllers())
          this.set({ controller: name }, lastError === undefined ? 0 : 1);
      },
    });
  }

  /** Adds what this host and its machines use. */
  watchUsage(sources: UsageSources): void {
    watchUsage(this.#registry, sources);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
