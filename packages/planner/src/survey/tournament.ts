/** What stands for a leaf that does not take part. */
export const OUT = -1;

/**
 * The largest of many numbers, kept up to date: every inner node holds the larger of its two children. Setting a
 * number and finding the largest take as many steps as the tree is deep.
 */
export class Tournament {
  readonly #nodes: Int32Array;
  /** Node of the first leaf; leaf i is node first + i. */
  readonly #first: number;

  constructor(leaves: number) {
    let first = 1;
    while (first < leaves) first *= 2;
    this.#first = first;
    this.#nodes = new Int32Array(first * 2).fill(OUT);
  }

  /** The largest number; `OUT` when nobody takes part. */
  get top(): number {
    return this.#nodes[1] as number;
  }

  get(leaf: number): number {
    return this.#nodes[this.#first + leaf] as number;
  }

  set(leaf: number, value: number): void {
    const nodes = this.#nodes;
    let node = this.#first + leaf;
    if (nodes[node] === value) return;
    nodes[node] = value;
    while (node > 1) {
      const other = nodes[node ^ 1] as number;
      const mine = nodes[node] as number;
      node >>= 1;
      const larger = mine > other ? mine : other;
      if (nodes[node] === larger) return;
      nodes[node] = larger;
    }
  }

  /** Sets a leaf without telling the nodes above; `settle` does that for all at once. */
  prepare(leaf: number, value: number): void {
    this.#nodes[this.#first + leaf] = value;
  }

  settle(): void {
    const nodes = this.#nodes;
    for (let node = this.#first - 1; node > 0; node--) {
      nodes[node] = Math.max(nodes[node * 2] as number, nodes[node * 2 + 1] as number);
    }
  }

  /** The first leaf from `start` on, going round at the end, that has the largest number. */
  leader(start: number): number {
    const nodes = this.#nodes;
    const largest = this.top;
    let node = this.#first + start;
    if (nodes[node] === largest) return start;
    while (node > 1) {
      // To the right of a left child lies what comes next.
      if ((node & 1) === 0 && nodes[node + 1] === largest) return this.#firstBelow(node + 1, largest);
      node >>= 1;
    }
    return this.#firstBelow(1, largest);
  }

  #firstBelow(from: number, largest: number): number {
    const nodes = this.#nodes;
    let node = from;
    while (node < this.#first) {
      node *= 2;
      if (nodes[node] !== largest) node++;
    }
    return node - this.#first;
  }
}
