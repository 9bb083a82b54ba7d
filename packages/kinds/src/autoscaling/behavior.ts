import { int32, listOf, object, oneOf, quantity, required, type Static } from '../machinery/index.ts';
import { autoscalingName } from '../shared/openapi-names.ts';

const scalingPolicy = object(
  {
    type: required(oneOf(['Pods', 'Percent'], 'Whether the value counts machines or is a percentage.')),
    value: required(int32('How much may change within the period.')),
    periodSeconds: required(int32('Length of the period; at most 1800.')),
  },
  'How much may change in which time.',
  autoscalingName('HPAScalingPolicy'),
);
export type ScalingPolicy = Static<typeof scalingPolicy>;

const scalingRules = object(
  {
    stabilizationWindowSeconds: int32(
      'How far back recommendations count: of those, the least change is made. At most 3600.',
    ),
    selectPolicy: oneOf(['Max', 'Min', 'Disabled'], 'Which policy counts: the largest change (default) or the least.'),
    policies: listOf(scalingPolicy, 'How much may change in which time.'),
    tolerance: quantity('How far from its target a metric may be without anything being done; 0.1 by default.'),
  },
  'How quickly may be scaled to one side.',
  autoscalingName('HPAScalingRules'),
);
export type ScalingRules = Static<typeof scalingRules>;

export const behavior = object(
  { scaleUp: scalingRules, scaleDown: scalingRules },
  'How quickly may be scaled.',
  autoscalingName('HorizontalPodAutoscalerBehavior'),
);
export type HorizontalBehavior = Static<typeof behavior>;

/** What Kubernetes does where nothing is said: up at once, twofold or by 4 in 15 s; down at will, after 5 minutes. */
export const defaultRules = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  },
} as const satisfies Record<'scaleUp' | 'scaleDown', ScalingRules>;
