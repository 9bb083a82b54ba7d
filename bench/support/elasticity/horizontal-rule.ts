import type { Scaler } from './fleet.ts';

const TOLERANCE = 0.1;
const DOWN_STABILIZATION_MINUTES = 5;

/**
 * The rule of Kubernetes' HorizontalPodAutoscaler with a target of use, once a minute: as many as bring the use
 * of those that serve to the target, nothing within a tolerance of 0.1, down by the highest recommendation of
 * five minutes.
 * @param capacity what one instance carries
 * @param target wanted use, from 0 to 1
 */
export function horizontalRule(capacity: number, target: number): Scaler {
  let wanted: number | undefined;
  const recommended: number[] = [];
  return (_minute, load, serving) => {
    if (wanted === undefined) {
      wanted = Math.max(1, Math.ceil(load / capacity / target));
      return wanted;
    }
    const ratio = load / capacity / serving / target;
    const recommendation = Math.abs(ratio - 1) <= TOLERANCE ? wanted : Math.max(1, Math.ceil(ratio * serving - 1e-9));
    recommended.push(recommendation);
    if (recommended.length > DOWN_STABILIZATION_MINUTES) recommended.shift();
    wanted = recommendation >= wanted ? recommendation : Math.min(wanted, Math.max(...recommended));
    return wanted;
  };
}
