import type { DiskBatch } from '../disk/simulated-disk.ts';
import { type Invariant, type InvariantContext, Violation } from './invariant.ts';

/** What somebody was told is written is never lost, whatever happens to program, power or disk. */
export class AcknowledgedWrites implements Invariant {
  readonly name = 'acknowledged-writes';
  readonly #context: InvariantContext;
  readonly #acknowledged: DiskBatch[] = [];

  constructor(context: InvariantContext) {
    this.#context = context;
    context.cloud.view.listen({
      acknowledged: (batch) => this.#acknowledged.push(batch),
      opened: (batches) => this.#check(batches),
    });
  }

  #check(batches: readonly DiskBatch[]): void {
    for (const batch of this.#acknowledged) {
      if (batches[batch.revision - 1] === batch) continue;
      const keys = batch.writes.map(({ key }) => key).join(', ');
      this.#context.report(new Violation(this.name, `revision ${batch.revision} is lost: ${keys}`));
      return;
    }
    // What has been read again is safe for good.
    this.#acknowledged.length = 0;
  }
}
