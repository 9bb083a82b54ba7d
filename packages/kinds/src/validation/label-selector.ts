import type { LabelSelector } from '../shared/label-selector.ts';
import { eachItem, type Faults } from './faults.ts';
import { validateLabels } from './labels.ts';
import { labelValueFault, qualifiedNameFault } from './names.ts';

/** Keys and values of a selector object, and that each operator has the values that it needs. */
export function validateLabelSelector(selector: LabelSelector | undefined, path: string, faults: Faults): void {
  if (!selector) return;
  validateLabels(selector.matchLabels, `${path}.matchLabels`, faults);
  eachItem(selector.matchExpressions, `${path}.matchExpressions`, ({ key, operator, values = [] }, at) => {
    faults.check(`${at}.key`, key, qualifiedNameFault);
    const takesValues = operator === 'In' || operator === 'NotIn';
    if (takesValues && values.length === 0) {
      faults.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    }
    if (!takesValues && values.length > 0) {
      faults.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
    eachItem(values, `${at}.values`, (value, valueAt) => faults.check(valueAt, value, labelValueFault));
  });
}
