import type { KindDefinition, KubeObject, Selection } from '@godwit/kinds';
import { type FieldRequirement, fieldReader, parseFieldSelector } from './field-selector.ts';
import { type LabelTest, labelTest, parseLabelSelector } from './label-selector.ts';

/** Selectors, read once and ready to be asked. */
export interface SelectionTest {
  /** Absent when everything matches: then no object needs to be parsed. */
  readonly matches?: (object: KubeObject) => boolean;
  /** Fields that must equal one value: what lists and watches can be indexed by. */
  readonly equalities: ReadonlyMap<string, string>;
}

const everything: SelectionTest = { equalities: new Map() };

/** Throws `BadRequest` for selectors that cannot be read or fields that the kind does not have. */
export function readSelection(kind: KindDefinition, selection: Selection): SelectionTest {
  if (!selection.labelSelector && !selection.fieldSelector) return everything;
  const tests: ((object: KubeObject) => boolean)[] = [];
  if (selection.labelSelector) {
    const labels: LabelTest = labelTest(parseLabelSelector(selection.labelSelector));
    tests.push((object) => labels(object.metadata.labels));
  }
  const requirements = parseFieldSelector(selection.fieldSelector ?? '');
  const equalities = new Map<string, string>();
  for (const requirement of requirements) {
    tests.push(fieldTest(kind, requirement));
    if (requirement.operator === '=') equalities.set(requirement.field, requirement.value);
  }
  if (tests.length === 0) return everything;
  return { equalities, matches: (object) => tests.every((test) => test(object)) };
}

function fieldTest(kind: KindDefinition, { field, operator, value }: FieldRequirement) {
  const read = fieldReader(kind, field);
  return operator === '='
    ? (object: KubeObject) => read(object) === value
    : (object: KubeObject) => read(object) !== value;
}
