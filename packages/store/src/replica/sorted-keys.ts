/** Things in the order of their keys' UTF-16 code units. Blocks keep an insertion from moving the whole lot. */
export class SortedKeys<T extends { readonly key: string }> {
  #blocks: T[][] = [];

  /** Adds `item`; its key must not be here yet. */
  insert(item: T): void {
    const at = this.#blockOf(item.key);
    const block = this.#blocks[at];
    if (!block) {
      this.#blocks.push([item]);
      return;
    }
    block.splice(position(block, item.key), 0, item);
    if (block.length > BLOCK_SIZE) this.#blocks.splice(at + 1, 0, block.splice(BLOCK_SIZE / 2));
  }

  delete(key: string): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (!block) return;
    const found = position(block, key);
    if (block[found]?.key !== key) return;
    block.splice(found, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** Visits items from the first whose key is `start` or later, until `visit` answers false. */
  scan(start: string, visit: (item: T) => boolean): void {
    const first = this.#blockOf(start);
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at] as T[];
      for (let i = at === first ? position(block, start) : 0; i < block.length; i++) {
        if (!visit(block[i] as T)) return;
      }
    }
  }

  /** The last block that begins at or before `key`; the first one when none does. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const [first] = this.#blocks[middle] as [T, ...T[]];
      if (first.key <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

const BLOCK_SIZE = 512;

/** Where `key` is in `block`, or where it would go. */
function position<T extends { readonly key: string }>(block: readonly T[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((block[middle] as T).key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
