import { durationMs, type ScenarioDemand } from '@godwit/kinds';
import { rhythmOf } from './load-curve.ts';
import { traceOf } from './trace.ts';

/** How much there is to do, by milliseconds since the beginning; before it, as if it had always been so. */
export type DemandCurve = (atMs: number) => number;

const WEEK_MS = 604_800_000;

/**
 * @param traceText what stands in the file that the demand names
 * @param percentPerWeek by how much it grows
 */
export function demandCurveOf(
  demand: ScenarioDemand,
  traceText: string | undefined,
  percentPerWeek: number,
): DemandCurve {
  const usual = demand.trace === undefined ? rhythmOf(demand) : fromTrace(demand, traceText ?? '');
  const spikes = (demand.spikes ?? []).map(spikeOf);
  const weekly = 1 + percentPerWeek / 100;
  return (atMs) => {
    let amount = usual(atMs) * weekly ** (Math.max(0, atMs) / WEEK_MS);
    for (const spike of spikes) amount *= spike(atMs);
    return amount;
  };
}

function fromTrace({ trace = '', every, highest: given }: ScenarioDemand, text: string): DemandCurve {
  const { highest, at } = traceOf(trace, every, text);
  const scale = given === undefined || highest === 0 ? 1 : given / highest;
  return (atMs) => at(atMs) * scale;
}

/** By which factor a spike changes the demand: 1 outside it, a straight line while it rises and falls. */
function spikeOf({ at, for: lasts, times, rise }: NonNullable<ScenarioDemand['spikes']>[number]): DemandCurve {
  const [beginMs, lastsMs, riseMs] = [at, lasts, rise].map((text) =>
    text === undefined ? 0 : (durationMs(text) ?? 0),
  );
  const begin = beginMs ?? 0;
  const end = begin + (lastsMs ?? 0);
  const slope = riseMs ?? 0;
  return (atMs) => {
    if (atMs < begin || atMs >= end) return 1;
    const inside = slope === 0 ? 1 : Math.min(1, (atMs - begin) / slope, (end - atMs) / slope);
    return 1 + (times - 1) * inside;
  };
}
