import { horizontalRules } from '../autoscaling/horizontal-pod-autoscaler.ts';
import { validateHorizontal } from '../autoscaling/horizontal-validation.ts';
import type { ElasticMetricSpec } from '../elastic-policy/elastic-metric.ts';
import { elasticRules } from '../elastic-policy/elastic-policy.ts';
import { elasticTargets } from '../elastic-policy/elastic-targets.ts';
import { validateElasticPolicy } from '../elastic-policy/elastic-validation.ts';
import { apiVersionOf, int32, object, type Static } from '../machinery/index.ts';
import type { Cause } from '../machinery/status.ts';
import { eachItem, type Faults } from '../validation/index.ts';

/** How a group is scaled, in the words of the kind that does it. */
export const scaling = {
  elastic: object(elasticRules, 'As an ElasticPolicy says, whose target is the group.'),
  horizontal: object(horizontalRules, 'As a HorizontalPodAutoscaler says, whose target is the group.'),
  replicas: int32('Not at all: always so many machines.', { minimum: 0 }),
};

export const autoscale = object(scaling, 'How the group follows its demand; absent: it stays as it is.');
export type ScenarioAutoscale = Static<typeof autoscale>;

/** A group of a scenario, as far as scaling it is concerned. */
export interface ScaledGroup {
  readonly name: string;
  readonly kind?: 'VirtualMachine' | 'Pod';
  readonly count: number;
}

/** What is measured of machines that are rehearsed. */
const MEASURED = ['cpu', 'requests'] as const satisfies readonly ElasticMetricSpec['type'][];

export function validateAutoscale(given: ScenarioAutoscale, group: ScaledGroup, path: string, faults: Faults): void {
  const { elastic, horizontal, replicas } = given;
  if ([elastic, horizontal, replicas].filter((each) => each !== undefined).length !== 1)
    faults.invalid(path, '', 'must say one of elastic, horizontal and replicas');
  const { name, kind = 'VirtualMachine', count } = group;
  if (horizontal) {
    const scaleTargetRef = { kind: kind === 'Pod' ? 'Deployment' : 'VirtualMachinePool', name };
    take(validateHorizontal({ ...horizontal, scaleTargetRef }), `${path}.horizontal`, faults);
    eachItem(horizontal.metrics, `${path}.horizontal.metrics`, ({ resource, containerResource }, at) => {
      const [field, found] = resource ? ['resource', resource] : ['containerResource', containerResource];
      if (found && found.name !== 'cpu') faults.notSupported(`${at}.${field}.name`, found.name, ['cpu']);
    });
  }
  if (!elastic) return;
  const alone = kind === 'VirtualMachine' && elastic.out === undefined;
  const scaled = alone ? 'VirtualMachine' : kind === 'Pod' ? 'Deployment' : 'VirtualMachinePool';
  const targetRef = { apiVersion: apiVersionOf(elasticTargets[scaled]), kind: scaled, name };
  take(validateElasticPolicy({ ...elastic, targetRef }), `${path}.elastic`, faults);
  if (alone && count !== 1) faults.required(`${path}.elastic.out`, 'only a single VirtualMachine is scaled up');
  eachItem(elastic.metrics, `${path}.elastic.metrics`, ({ type }, at) => {
    if (!(MEASURED as readonly string[]).includes(type)) faults.notSupported(`${at}.type`, type, MEASURED);
  });
}

/** What the kind itself says of its spec, told of where the spec stands here. */
function take(causes: readonly Cause[], path: string, faults: Faults): void {
  for (const { reason, field, message } of causes)
    faults.add(reason, (field ?? path).replace(/^spec\b/, path), message);
}
