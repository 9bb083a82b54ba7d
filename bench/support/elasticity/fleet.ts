/** From the order until an instance serves, in minutes. */
export const START_MINUTES = 2;

/** What a scaler is shown: the load of the minute that has just ended, and how many instances serve it. */
export type Scaler = (minute: number, load: number, serving: number) => number;

/**
 * Instances that serve, minute by minute, when `scaler` is asked at the end of each minute. What it orders then
 * takes two whole minutes to start; what it gives back is gone in the next minute, what has not started first.
 */
export function supplyBy(scaler: Scaler, requests: Float64Array): Float64Array {
  const supply = new Float64Array(requests.length);
  const starting = Array.from({ length: START_MINUTES + 1 }, () => 0);
  let serving = 0;
  requests.forEach((load, minute) => {
    serving += starting.shift() as number;
    starting.push(0);
    if (minute === 0) serving = scaler(0, load, 0);
    supply[minute] = serving;
    if (minute === 0) return;
    const ordered = starting.reduce((sum, count) => sum + count, 0);
    const wanted = scaler(minute, load, serving);
    let excess = serving + ordered - wanted;
    if (excess < 0) starting[START_MINUTES] = -excess;
    for (let i = START_MINUTES; i >= 0 && excess > 0; i--) {
      const back = Math.min(excess, starting[i] as number);
      starting[i] = (starting[i] as number) - back;
      excess -= back;
    }
    serving -= Math.max(0, excess);
  });
  return supply;
}
