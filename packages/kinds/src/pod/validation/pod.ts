import { type Cause, isDeepEqual, type ValidationContext } from '../../machinery/index.ts';
import { Faults } from '../../validation/index.ts';
import type { Container } from '../container.ts';
import type { Pod } from '../pod-body.ts';
import type { PodSpec } from '../pod-spec.ts';
import { validatePodSpec } from './pod-spec.ts';
import { validateResize } from './resize.ts';

const CHANGEABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

type Ignored = Readonly<Partial<Record<keyof PodSpec | keyof Container, undefined>>>;

function without(containers: readonly Container[] | undefined, ignored: Ignored): readonly unknown[] | undefined {
  return containers?.map((container) => ({ ...container, ...ignored }));
}

/** The spec without what this way of changing it may change. */
function fixedPart(spec: PodSpec, subresource: string | undefined): unknown {
  const ofContainer: Ignored =
    subresource === 'resize' ? { resources: undefined, resizePolicy: undefined } : { image: undefined };
  const ofSpec: Ignored =
    subresource === 'binding'
      ? { nodeName: undefined }
      : subresource === 'ephemeralcontainers'
        ? { ephemeralContainers: undefined }
        : {
            activeDeadlineSeconds: undefined,
            tolerations: undefined,
            terminationGracePeriodSeconds: undefined,
            schedulingGates: undefined,
          };
  return {
    ...spec,
    ...ofSpec,
    containers: without(spec.containers, ofContainer),
    initContainers: without(spec.initContainers, ofContainer),
  };
}

function validateDeadline(spec: PodSpec, old: PodSpec, faults: Faults): void {
  const before = old.activeDeadlineSeconds;
  const after = spec.activeDeadlineSeconds;
  if (before === undefined || before === after) return;
  if (after === undefined) {
    faults.invalid('spec.activeDeadlineSeconds', null, 'must not update from a positive integer to nil value');
  } else if (after > before) {
    faults.invalid('spec.activeDeadlineSeconds', after, 'must be less than or equal to previous value');
  }
}

function validateChange(pod: Pod, old: Pod, subresource: string | undefined, faults: Faults): void {
  const { spec } = pod;
  if (!isDeepEqual(fixedPart(spec, subresource), fixedPart(old.spec, subresource))) {
    faults.forbidden('spec', `pod updates may not change fields other than ${CHANGEABLE}`);
  }
  if (subresource === 'resize') validateResize(spec, old.spec, faults);
  validateDeadline(spec, old.spec, faults);
  const kept = (old.spec.tolerations ?? []).every((toleration) =>
    (spec.tolerations ?? []).some((other) =>
      isDeepEqual({ ...toleration, tolerationSeconds: undefined }, { ...other, tolerationSeconds: undefined }),
    ),
  );
  if (!kept)
    faults.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
  const gates = new Set((old.spec.schedulingGates ?? []).map(({ name }) => name));
  const added = (spec.schedulingGates ?? []).filter(({ name }) => !gates.has(name));
  if (added.length > 0) faults.forbidden('spec.schedulingGates', 'only deletion is allowed');
  const grace = old.spec.terminationGracePeriodSeconds;
  if (spec.terminationGracePeriodSeconds !== grace && grace !== undefined && grace >= 0) {
    faults.forbidden('spec.terminationGracePeriodSeconds', 'may not change once set');
  }
}

export function validatePod(pod: Pod, { old, subresource }: ValidationContext<Pod>): readonly Cause[] {
  const faults = new Faults();
  validatePodSpec(pod.spec, 'spec', faults);
  if (old) validateChange(pod, old, subresource, faults);
  else if (pod.spec.ephemeralContainers?.length) {
    faults.forbidden('spec.ephemeralContainers', 'cannot be set on create');
  }
  return faults.causes;
}
