/** Most names whose askings are counted. */
const MOST_COUNTED = 2 ** 14;

/** Things by name, as many as there may be: what was not asked for the longest is forgotten first. */
export class Remembered<Thing> {
  /** The longest unused first. */
  readonly #things = new Map<string, Thing>();
  /** How often names were asked for that are not remembered. */
  readonly #asked = new Map<string, number>();

  get size(): number {
    return this.#things.size;
  }

  /** Undefined as long as it does not pay to make one: until it was asked for `enough` times. */
  get(name: string, enough: number, most: number, make: () => Thing): Thing | undefined {
    let thing = this.#things.get(name);
    if (thing === undefined) {
      if (!this.#isAskedEnough(name, enough)) return undefined;
      thing = make();
      while (this.#things.size >= most) this.#things.delete(this.#things.keys().next().value as string);
    } else this.#things.delete(name);
    this.#things.set(name, thing);
    return thing;
  }

  clear(): void {
    this.#things.clear();
  }

  #isAskedEnough(name: string, enough: number): boolean {
    const asked = (this.#asked.get(name) ?? 0) + 1;
    if (asked >= enough) {
      // Once forgotten, it has to earn its place again.
      this.#asked.delete(name);
      return true;
    }
    if (this.#asked.size >= MOST_COUNTED) this.#asked.clear();
    this.#asked.set(name, asked);
    return false;
  }
}
