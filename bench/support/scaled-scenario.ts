import type { Scenario, ScenarioAutoscale, ScenarioMachines } from '@godwit/kinds';

export type ScaledBy = 'horizontal' | 'elastic';

const GROUPS = 100;

/** One day of a hundred groups of pods, each with a demand of its own by the time of day, a spike and an autoscaler. */
export function scaledScenario(by: ScaledBy): Scenario {
  return {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: `${GROUPS}-groups-${by}` },
    spec: {
      duration: '24h',
      hosts: [{ name: 'host', count: 100, cpu: '64', memory: '256Gi' }],
      machines: Array.from({ length: GROUPS }, (_, index) => groupOf(index, by)),
    },
  };
}

function groupOf(index: number, by: ScaledBy): ScenarioMachines {
  const spike = { at: `${1 + (index % 20)}h`, for: '20m', times: 2, rise: '3m' };
  return {
    name: `web-${index}`,
    kind: 'Pod',
    count: 10,
    cpu: '1',
    memory: '1Gi',
    demand: { low: 100 + index, high: 900 + 3 * index, peakAt: `${8 + (index % 12)}h`, perCore: 50, spikes: [spike] },
    autoscale: SCALERS[by],
  };
}

const bounds = { minReplicas: 2, maxReplicas: 60 };

const SCALERS: Readonly<Record<ScaledBy, ScenarioAutoscale>> = {
  horizontal: {
    horizontal: {
      ...bounds,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  },
  elastic: {
    elastic: {
      out: bounds,
      metrics: [{ name: 'requests', type: 'requests', service: 'web', predictive: { value: 45 } }],
    },
  },
};
