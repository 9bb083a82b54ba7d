import { type Invariant, type InvariantContext, Violation } from './invariant.ts';
import { changesOf, runningMachines } from './running-machines.ts';

/** Never two running copies of one machine, neither by what it is nor by its name. */
export class OneCopy implements Invariant {
  readonly name = 'one-copy';
  readonly #context: InvariantContext;
  readonly #changed: () => boolean;

  constructor(context: InvariantContext) {
    this.#context = context;
    this.#changed = changesOf(context.cloud);
  }

  step(): void {
    if (!this.#changed()) return;
    const { cloud, report } = this.#context;
    const seen = new Map<string, string>();
    for (const { host, copyOf } of runningMachines(cloud)) {
      for (const what of copyOf) {
        const other = seen.get(what);
        if (other !== undefined) report(new Violation(this.name, `${what} runs twice: on ${other} and on ${host}`));
        seen.set(what, host);
      }
    }
  }
}
