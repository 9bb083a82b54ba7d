import type { Random } from '@godwit/base';
import type { Manifest } from './manifests.ts';

/** Policies as users write them: short windows and intervals, so that much happens in minutes. */

const NAMESPACE = 'default';

/** What an autoscaler is for: something with a number of machines. */
export interface Scalable {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[random.integer(values.length)] as T;
}

function bounds(random: Random): { readonly minReplicas: number; readonly maxReplicas: number } {
  const minReplicas = 1 + random.integer(2);
  return { minReplicas, maxReplicas: minReplicas + random.integer(4) };
}

function behavior(random: Random): object {
  const down = { stabilizationWindowSeconds: pick([15, 30, 90], random) };
  const policies = [{ type: 'Pods', value: 1 + random.integer(2), periodSeconds: 15 }];
  return { scaleDown: random.next() < 0.5 ? down : { ...down, policies } };
}

export function autoscalerManifest(name: string, target: Scalable, random: Random): Manifest {
  const averageUtilization = pick([30, 60, 90], random);
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } },
  ];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: NAMESPACE },
    spec: { scaleTargetRef: target, ...bounds(random), metrics, behavior: behavior(random) },
  };
}

export function elasticManifest(name: string, targetRef: Scalable, random: Random): Manifest {
  const algorithm = pick(
    [
      { target: { value: '60' } },
      { step: { lower: '30', upper: '80', up: 1 + random.integer(2) } },
      { linear: { lower: '20', upper: '90', base: 1 } },
      { predictive: { value: '60' } },
    ],
    random,
  );
  return {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'ElasticPolicy',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      targetRef,
      out: bounds(random),
      metrics: [{ name: 'load', type: 'cpu', ...algorithm }],
      behavior: behavior(random),
      ...(random.next() < 0.3 && { lost: { afterSeconds: 30, replicas: 2 } }),
    },
  };
}

/** Other bounds for what is there already. */
export function otherBounds(random: Random): { readonly minReplicas: number; readonly maxReplicas: number } {
  return bounds(random);
}

export function balanceManifest(name: string, random: Random): Manifest {
  return {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'BalancePolicy',
    metadata: { name },
    spec: {
      placement: { strategy: pick(['energy', 'pack', 'energy'], random) },
      balance: {
        mode: pick(['automatic', 'automatic', 'advise'], random),
        intervalSeconds: 10,
        minimumImprovement: 0,
        cooldownSeconds: 20,
      },
      power: {
        mode: 'automatic',
        idleSeconds: pick([0, 20, 40], random),
        wakeSeconds: 20,
      },
      reserve: { hosts: pick([0, 0, 1], random) },
    },
  };
}

/** Another mind about what is there already. */
export function otherBalance(random: Random): { readonly words: string; readonly spec: object } {
  const power = pick(['automatic', 'advise', 'off'], random);
  const hosts = random.integer(2);
  return { words: `say power ${power} and reserve ${hosts} to`, spec: { power: { mode: power }, reserve: { hosts } } };
}
