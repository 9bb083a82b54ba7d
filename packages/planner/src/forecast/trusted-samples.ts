/** A fall to less than this share of the sample before is not believed until the next sample confirms it. */
const BELIEVED_FALL = 0.6;

/**
 * Takes holes out of a series: metrics that are lost look like a load that is gone for one sample. The rule:
 * a sample below 60 % of the one before stands for a hole, and the one before is used in its place; if the next
 * is low as well, it was real. A spike is believed at once, because load that is there must be served.
 */
export class TrustedSamples {
  #last: number | undefined;
  #doubted = false;

  take(sample: number): number {
    const last = this.#last;
    const doubted = last !== undefined && sample < BELIEVED_FALL * last && !this.#doubted;
    this.#doubted = doubted;
    if (doubted) return last;
    this.#last = sample;
    return sample;
  }
}
