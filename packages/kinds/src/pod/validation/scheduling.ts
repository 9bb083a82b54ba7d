import {
  eachItem,
  type Faults,
  labelValueFault,
  qualifiedNameFault,
  validateLabelSelector,
  validateLabels,
} from '../../validation/index.ts';
import type { Affinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinity, PodAffinityTerm } from '../affinity.ts';
import type { PodSpec } from '../pod-spec.ts';
import type { Toleration } from '../scheduling.ts';

export function validateTolerations(
  tolerations: readonly Toleration[] | undefined,
  path: string,
  faults: Faults,
): void {
  eachItem(tolerations, path, ({ key, operator, value, effect, tolerationSeconds }, at) => {
    if (key) faults.check(`${at}.key`, key, qualifiedNameFault);
    else if (operator !== 'Exists') {
      faults.invalid(
        `${at}.operator`,
        operator ?? '',
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      );
    }
    if (operator === 'Exists' && value)
      faults.invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'");
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      faults.invalid(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
  });
}

function validateNodeRule({ key, operator, values = [] }: NodeSelectorRequirement, path: string, faults: Faults): void {
  faults.check(`${path}.key`, key, qualifiedNameFault);
  const one = operator === 'Gt' || operator === 'Lt';
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    faults.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    faults.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  }
  if (one && (values.length !== 1 || !/^-?\d+$/.test(values[0] ?? ''))) {
    faults.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
  }
}

function validateNodeTerm(term: NodeSelectorTerm, path: string, faults: Faults): void {
  eachItem(term.matchExpressions, `${path}.matchExpressions`, (rule, at) => validateNodeRule(rule, at, faults));
  eachItem(term.matchFields, `${path}.matchFields`, ({ key, values = [] }, at) => {
    if (key !== 'metadata.name') faults.invalid(`${at}.key`, key, 'not a valid field selector key');
    if (values.length !== 1) faults.required(`${at}.values`, 'must be only one value for field selector');
  });
}

function validateTerm(term: PodAffinityTerm, path: string, faults: Faults): void {
  if (term.topologyKey === '') faults.required(`${path}.topologyKey`, 'can not be empty');
  else faults.check(`${path}.topologyKey`, term.topologyKey, qualifiedNameFault);
  validateLabelSelector(term.labelSelector, `${path}.labelSelector`, faults);
  validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`, faults);
  for (const [index, key] of (term.matchLabelKeys ?? []).entries()) {
    if (!term.mismatchLabelKeys?.includes(key)) continue;
    faults.invalid(`${path}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys');
  }
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function validatePodAffinity(rules: PodAffinity | undefined, path: string, faults: Faults): void {
  eachItem(rules?.[REQUIRED], `${path}.${REQUIRED}`, (term, at) => validateTerm(term, at, faults));
  eachItem(rules?.[PREFERRED], `${path}.${PREFERRED}`, ({ weight, podAffinityTerm }, at) => {
    faults.within(`${at}.weight`, weight, 1, 100);
    validateTerm(podAffinityTerm, `${at}.podAffinityTerm`, faults);
  });
}

export function validateAffinity(affinity: Affinity | undefined, path: string, faults: Faults): void {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {};
  const needed = nodeAffinity?.[REQUIRED];
  if (needed && needed.nodeSelectorTerms.length === 0) {
    faults.required(`${path}.nodeAffinity.${REQUIRED}.nodeSelectorTerms`, 'must have at least one node selector term');
  }
  eachItem(needed?.nodeSelectorTerms, `${path}.nodeAffinity.${REQUIRED}.nodeSelectorTerms`, (term, at) =>
    validateNodeTerm(term, at, faults),
  );
  eachItem(nodeAffinity?.[PREFERRED], `${path}.nodeAffinity.${PREFERRED}`, ({ weight, preference }, at) => {
    faults.within(`${at}.weight`, weight, 1, 100);
    validateNodeTerm(preference, `${at}.preference`, faults);
  });
  validatePodAffinity(podAffinity, `${path}.podAffinity`, faults);
  validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`, faults);
}

function validateSpread(spread: NonNullable<PodSpec['topologySpreadConstraints']>, path: string, faults: Faults): void {
  eachItem(spread, path, (constraint, at) => {
    if (constraint.maxSkew <= 0) faults.invalid(`${at}.maxSkew`, constraint.maxSkew, 'must be greater than zero');
    const { minDomains, whenUnsatisfiable } = constraint;
    if (minDomains !== undefined) {
      if (minDomains <= 0) faults.invalid(`${at}.minDomains`, minDomains, 'must be greater than zero');
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const message = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        faults.invalid(`${at}.minDomains`, minDomains, message);
      }
    }
    if (constraint.topologyKey === '') faults.required(`${at}.topologyKey`, 'can not be empty');
    validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`, faults);
    validateMatchLabelKeys(constraint, `${at}.matchLabelKeys`, faults);
  });
  faults.distinct(
    spread,
    ({ topologyKey, whenUnsatisfiable }) => `{${topologyKey}, ${whenUnsatisfiable}}`,
    (index) => `${path}[${index}]`,
  );
}

/** What a selector says of a label itself is not taken from the pod as well. */
function validateMatchLabelKeys(
  { matchLabelKeys = [], labelSelector }: NonNullable<PodSpec['topologySpreadConstraints']>[number],
  path: string,
  faults: Faults,
): void {
  if (matchLabelKeys.length === 0) return;
  if (!labelSelector) {
    faults.forbidden(path, 'must not be specified when labelSelector is not set');
    return;
  }
  const { matchLabels = {}, matchExpressions = [] } = labelSelector;
  const selected = new Set([...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]);
  for (const [index, key] of matchLabelKeys.entries()) {
    if (selected.has(key)) faults.invalid(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector');
  }
}

export function validateScheduling(spec: PodSpec, path: string, faults: Faults): void {
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, faults);
  validateAffinity(spec.affinity, `${path}.affinity`, faults);
  validateTolerations(spec.tolerations, `${path}.tolerations`, faults);
  validateSpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`, faults);
  eachItem(spec.schedulingGates, `${path}.schedulingGates`, ({ name }, at) =>
    faults.check(`${at}.name`, name, qualifiedNameFault),
  );
  if (spec.schedulerName) faults.check(`${path}.schedulerName`, spec.schedulerName, labelValueFault);
}
