import type { ScaleHistory } from './scale-history.ts';

/** Rules for one direction. The periods and windows are in seconds, as users write them. */
export interface LimitRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly policies?: readonly {
    readonly type: 'Pods' | 'Percent';
    readonly value: number;
    readonly periodSeconds: number;
  }[];
}

export interface Limits {
  readonly minimum: number;
  readonly maximum: number;
  readonly up: LimitRules;
  readonly down: LimitRules;
}

/** Why the number is not the one that was recommended; `within` when it is. */
export type Limited = 'within' | 'up-rate' | 'down-rate' | 'maximum' | 'minimum' | 'up-stabilized' | 'down-stabilized';

export interface LimitedCount {
  readonly count: number;
  /** What stabilisation did. */
  readonly stabilized: 'up-stabilized' | 'down-stabilized' | 'no';
  /** What rates and bounds did. */
  readonly limited: Exclude<Limited, 'up-stabilized' | 'down-stabilized'>;
}

/**
 * What of a recommendation is carried out: first stabilised (up: the least of its window, down: the largest),
 * then as quickly as the rates allow, then between minimum and maximum. Remembers the recommendation.
 * @param nowMs monotonic
 */
export function limited(
  recommended: number,
  current: number,
  limits: Limits,
  history: ScaleHistory,
  nowMs: number,
): LimitedCount {
  // Whoever begins, or begins again after a restart, takes what stands for what was recommended: as Kubernetes does.
  if (history.isEmpty) history.recommend(current, nowMs);
  history.recommend(recommended, nowMs);
  const least = Math.min(recommended, ...history.recommended(windowMs(limits.up), nowMs));
  const most = Math.max(recommended, ...history.recommended(windowMs(limits.down), nowMs));
  const stable = Math.min(Math.max(current, least), most);
  const stabilized =
    stable === recommended ? 'no' : stable < recommended ? ('up-stabilized' as const) : ('down-stabilized' as const);
  if (stable > current) return { ...raised(stable, current, limits, history, nowMs), stabilized };
  if (stable < current) return { ...lowered(stable, current, limits, history, nowMs), stabilized };
  return { ...bounded(stable, limits), stabilized };
}

const windowMs = ({ stabilizationWindowSeconds = 0 }: LimitRules) => stabilizationWindowSeconds * 1000;

type Result = Pick<LimitedCount, 'count' | 'limited'>;

function bounded(count: number, { minimum, maximum }: Limits): Result {
  if (count > maximum) return { count: maximum, limited: 'maximum' };
  if (count < minimum) return { count: minimum, limited: 'minimum' };
  return { count, limited: 'within' };
}

function raised(wanted: number, current: number, limits: Limits, history: ScaleHistory, nowMs: number): Result {
  const rate = Math.max(current, rateLimit(limits.up, 1, current, history, nowMs));
  const allowed = Math.min(rate, limits.maximum);
  if (wanted <= allowed) return bounded(wanted, limits);
  return { count: allowed, limited: limits.maximum <= rate ? 'maximum' : 'up-rate' };
}

function lowered(wanted: number, current: number, limits: Limits, history: ScaleHistory, nowMs: number): Result {
  const rate = Math.min(current, rateLimit(limits.down, -1, current, history, nowMs));
  const allowed = Math.max(rate, limits.minimum);
  if (wanted >= allowed) return bounded(wanted, limits);
  return { count: allowed, limited: limits.minimum >= rate ? 'minimum' : 'down-rate' };
}

/** How far the policies of one direction let the number go. No policies: as far as one likes. */
function rateLimit(rules: LimitRules, sign: 1 | -1, current: number, history: ScaleHistory, nowMs: number): number {
  if (rules.selectPolicy === 'Disabled') return current;
  if (!rules.policies || rules.policies.length === 0) return sign > 0 ? Number.POSITIVE_INFINITY : 0;
  const reach = rules.policies.map(({ type, value, periodSeconds }) => {
    const before = current - history.growth(periodSeconds * 1000, nowMs);
    if (type === 'Pods') return before + sign * value;
    const share = before * (1 + (sign * value) / 100);
    return sign > 0 ? Math.ceil(share) : Math.floor(share);
  });
  // The largest change by default: furthest up, or furthest down.
  const furthest = (rules.selectPolicy ?? 'Max') === 'Max';
  return furthest === sign > 0 ? Math.max(...reach) : Math.min(...reach);
}
