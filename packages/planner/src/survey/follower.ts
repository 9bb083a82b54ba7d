import type { Question } from './question.ts';

/** Keeps answers by row. */
export interface Keeper {
  /** Makes ready to ask hosts. */
  prepare(question: Question): void;
  /** Asks all hosts. */
  askAll(question: Question): void;
  askAgain(question: Question, row: number): void;
}

/** Knows which of the answers that somebody keeps are out of date. */
export class Follower {
  #seen = -1;
  #structure = -1;
  #stamp = '';

  /** Has those asked anew whose answers may be others than before. */
  refresh(question: Question, keeper: Keeper): void {
    const { snapshot, stamp, own } = question;
    const { journal } = snapshot;
    const behind = journal.length - this.#seen;
    const valid = this.#structure === snapshot.structure && this.#stamp === stamp && this.#seen >= 0;
    if (!valid || behind > snapshot.rowCount || !journal.remembers(this.#seen)) {
      keeper.prepare(question);
      keeper.askAll(question);
    } else if (behind > 0) {
      if (own.tests.length + own.wishes.length > 0) keeper.prepare(question);
      for (let change = this.#seen; change < journal.length; change++) {
        const row = journal.rowAt(change);
        // A row that changed again later is asked then.
        if (journal.lastChange(row) === change + 1) keeper.askAgain(question, row);
      }
    }
    this.#seen = journal.length;
    this.#structure = snapshot.structure;
    this.#stamp = stamp;
  }
}
