import { counted } from '@godwit/base';
import { type JsonPatchOperation, StatusFailure } from '@godwit/kinds';
import { copyJson, equalJson, isObject, type JsonObject, setField } from '../documents/json.ts';

/** Most operations that one patch may have, and most values that copies may make of one object. */
const OPERATIONS_LIMIT = 10_000;

/**
 * Applies an RFC 6902 patch. The document given is not changed. Throws `BadRequest` for a patch that is
 * none, `Invalid` for one that does not fit the document, a failed `test` included.
 */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  const operations = checkPatch(patch);
  const root = { value: copyJson(document) };
  for (const operation of operations) applyOperation(root, operation);
  return root.value;
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  add: ['value'],
  replace: ['value'],
  test: ['value'],
  remove: [],
  move: ['from'],
  copy: ['from'],
};

function checkPatch(patch: unknown): readonly JsonPatchOperation[] {
  if (!Array.isArray(patch)) throw new StatusFailure('BadRequest', 'a JSON patch must be a list of operations');
  if (patch.length > OPERATIONS_LIMIT) {
    const message = `The allowed maximum operations in a JSON patch is ${OPERATIONS_LIMIT}, got ${patch.length}`;
    throw new StatusFailure('RequestEntityTooLarge', message);
  }
  for (const operation of patch) {
    const members =
      isObject(operation) && Object.hasOwn(MEMBERS, String(operation.op)) && MEMBERS[String(operation.op)];
    const fits = members && isPointer(operation.path) && members.every((member) => Object.hasOwn(operation, member));
    if (!fits || (members.includes('from') && !isPointer(operation.from))) {
      throw new StatusFailure('BadRequest', `not a JSON patch operation: ${JSON.stringify(operation)}`);
    }
  }
  return patch as readonly JsonPatchOperation[];
}

function isPointer(path: unknown): boolean {
  return typeof path === 'string' && (path === '' || path.startsWith('/'));
}

/** Steps of a JSON pointer (RFC 6901). */
function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

interface Root {
  value: unknown;
}

function applyOperation(root: Root, operation: JsonPatchOperation): void {
  const { op, path } = operation;
  switch (op) {
    case 'add':
      return add(root, path, copyJson(operation.value));
    case 'remove':
      remove(root, path);
      return;
    case 'replace':
      read(root, path);
      if (path === '') root.value = copyJson(operation.value);
      else replace(root, path, copyJson(operation.value));
      return;
    case 'move': {
      const from = operation.from as string;
      if (path !== from && path.startsWith(`${from}/`)) throw failed(`cannot move ${from} into itself`);
      return add(root, path, remove(root, from));
    }
    case 'copy':
      return add(root, path, copyJson(read(root, operation.from as string)));
    case 'test':
      if (!equalJson(read(root, path), operation.value)) throw failed(`testing value ${path} failed`);
  }
}

function failed(why: string): StatusFailure {
  return new StatusFailure('Invalid', `the server rejected our request due to an error in our request: ${why}`);
}

function read(root: Root, path: string): unknown {
  let value = root.value;
  for (const step of stepsOf(path)) value = child(value, step, path);
  return value;
}

function child(value: unknown, step: string, path: string): unknown {
  if (Array.isArray(value)) return value[indexIn(value, step, path, value.length - 1)];
  if (isObject(value) && Object.hasOwn(value, step)) return value[step];
  throw failed(`there is nothing at ${path}`);
}

function indexIn(list: readonly unknown[], step: string, path: string, last: number): number {
  if (!/^(0|[1-9]\d*)$/.test(step) || Number(step) > last) {
    throw failed(`${step} is no index into the list of ${counted(list.length, 'item')} in ${path}`);
  }
  return Number(step);
}

/** The container that a pointer's last step is in. */
function parentOf(root: Root, path: string): { parent: unknown[] | JsonObject; step: string } {
  const steps = stepsOf(path);
  const step = steps.pop() as string;
  let parent = root.value;
  for (const each of steps) parent = child(parent, each, path);
  if (!Array.isArray(parent) && !isObject(parent)) throw failed(`there is no object or list around ${path}`);
  return { parent, step };
}

function add(root: Root, path: string, value: unknown): void {
  if (path === '') {
    root.value = value;
    return;
  }
  const { parent, step } = parentOf(root, path);
  if (!Array.isArray(parent)) setField(parent, step, value);
  else if (step === '-') parent.push(value);
  else parent.splice(indexIn(parent, step, path, parent.length), 0, value);
}

function replace(root: Root, path: string, value: unknown): void {
  const { parent, step } = parentOf(root, path);
  if (Array.isArray(parent)) parent[indexIn(parent, step, path, parent.length - 1)] = value;
  else setField(parent, step, value);
}

function remove(root: Root, path: string): unknown {
  const value = read(root, path);
  if (path === '') {
    root.value = null;
    return value;
  }
  const { parent, step } = parentOf(root, path);
  if (Array.isArray(parent)) parent.splice(Number(step), 1);
  else delete parent[step];
  return value;
}
