/** Elasticity as the SPEC Research Group measures it (Herbst et al.): in percent, over all minutes. */
export interface Elasticity {
  /** θ_U: mean share of the demand that was missing. */
  readonly under: number;
  /** θ_O: mean supply beyond the demand, as a share of the demand. */
  readonly over: number;
  /** τ_U, τ_O: share of the minutes with too few, and with too many. */
  readonly timeUnder: number;
  readonly timeOver: number;
  /** Mean number of instances. */
  readonly mean: number;
}

/** Instances that each minute needs, when a hundred of them carry the highest load that there is. */
export function demandOf(requests: Float64Array): { readonly demand: Float64Array; readonly capacity: number } {
  const capacity = requests.reduce((most, load) => Math.max(most, load), 0) / 100;
  return { capacity, demand: requests.map((load) => Math.max(1, Math.ceil(load / capacity - 1e-9))) };
}

export function elasticityOf(demand: Float64Array, supply: Float64Array): Elasticity {
  let [under, over, timeUnder, timeOver, sum] = [0, 0, 0, 0, 0];
  demand.forEach((needed, minute) => {
    const given = supply[minute] as number;
    under += Math.max(0, needed - given) / needed;
    over += Math.max(0, given - needed) / needed;
    if (given < needed) timeUnder++;
    if (given > needed) timeOver++;
    sum += given;
  });
  const percent = (value: number) => (100 * value) / demand.length;
  return {
    under: percent(under),
    over: percent(over),
    timeUnder: percent(timeUnder),
    timeOver: percent(timeOver),
    mean: sum / demand.length,
  };
}
