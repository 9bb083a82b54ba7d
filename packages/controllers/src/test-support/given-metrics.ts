/** For tests: metrics as they were told to be. */
import type {
  MachineSample,
  MachineSelection,
  MetricsSource,
  ValueQuery,
  ValueSample,
} from '../metrics-source/index.ts';

export class GivenMetrics implements MetricsSource {
  /** Cores by machine. */
  readonly cpu = new Map<string, number>();
  readonly #nowMs: () => number;
  /** How old samples are. */
  lateMs = 0;
  /** What `values` answers; throws for metrics that are lost. */
  value: (query: ValueQuery) => readonly ValueSample[] = () => {
    throw new Error('nobody measures that');
  };

  /** @param nowMs the wall clock */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** All machines use the same. */
  all(names: readonly string[], cores: number): void {
    this.cpu.clear();
    for (const name of names) this.cpu.set(name, cores);
  }

  machines(_selection: MachineSelection): Promise<readonly MachineSample[]> {
    const samples = [...this.cpu].map(([name, cpuCores]) => ({
      name,
      atMs: this.#nowMs() - this.lateMs,
      windowMs: 1000,
      parts: [{ name: 'main', cpuCores, memoryBytes: 64 * 2 ** 20 }],
    }));
    return Promise.resolve(samples);
  }

  values(query: ValueQuery): Promise<readonly ValueSample[]> {
    return new Promise((resolve) => resolve(this.value(query)));
  }
}
