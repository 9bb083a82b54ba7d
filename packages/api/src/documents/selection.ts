import {
  type KindDefinition,
  type KubeObject,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type Selection,
} from '@godwit/kinds';
import { fieldReader } from './field-reader.ts';

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
    const requirements = parseLabelSelector(selection.labelSelector);
    tests.push((object) => matchesLabels(requirements, object.metadata.labels));
  }
  const equalities = new Map<string, string>();
  for (const { field, equal, value } of parseFieldSelector(selection.fieldSelector ?? '')) {
    const read = fieldReader(kind, field);
    tests.push((object) => (read(object) === value) === equal);
    if (equal) equalities.set(field, value);
  }
  if (tests.length === 0) return everything;
  return { equalities, matches: (object) => tests.every((test) => test(object)) };
}
