import { StatusFailure } from '@godwit/kinds';
import {
  binaryTag,
  boolYaml11Tag,
  FAILSAFE_SCHEMA,
  floatYaml11Tag,
  intYaml11Tag,
  load,
  mergeTag,
  nullYaml11Tag,
  Schema,
  YAMLException,
} from 'js-yaml';
import { findJsonFault, type JsonFault } from './json-fault.ts';

/** YAML 1.1 as kubectl reads it: `yes` is true; but an instant stays the text that it is. */
const manifestSchema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  nullYaml11Tag,
  boolYaml11Tag,
  intYaml11Tag,
  floatYaml11Tag,
  mergeTag,
  binaryTag,
]);

/** More aliases than this in one document is an attempt to make it grow without end. */
const MOST_ALIASES = 100;
/** Values and characters of a document once its aliases are written out: a few aliases of aliases are enough to explode. */
const MOST_EXPANDED = 8 * 2 ** 20;

/** Parses a request body. Throws `BadRequest` that says where the fault is. */
export function parseBody(text: string, format: 'json' | 'yaml'): unknown {
  return format === 'json' ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const fault: JsonFault = findJsonFault(text) ?? { line: 1, column: 1, problem: (error as Error).message };
    throw malformed('JSON', fault, error);
  }
}

function parseYaml(text: string): unknown {
  try {
    const value = load(text, { schema: manifestSchema, maxAliases: MOST_ALIASES });
    if (text.includes('*')) assertBounded(value);
    return value;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = (error.mark?.line ?? 0) + 1;
    const column = (error.mark?.column ?? 0) + 1;
    throw malformed('YAML', { line, column, problem: error.reason }, error);
  }
}

/** Aliases make one value stand in several places, or even inside itself. */
function assertBounded(value: unknown): void {
  const sizes = new Map<object, number>();
  const sizeOf = (node: unknown): number => {
    if (typeof node === 'string') return 1 + node.length;
    if (typeof node !== 'object' || node === null) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    // Met again before its size is known, it holds itself.
    sizes.set(node, Number.POSITIVE_INFINITY);
    let size = 1;
    for (const [key, item] of Object.entries(node)) size += key.length + sizeOf(item);
    sizes.set(node, size);
    return size;
  };
  if (sizeOf(value) <= MOST_EXPANDED) return;
  throw malformed('YAML', { line: 1, column: 1, problem: 'its aliases would make it too large' }, undefined);
}

function malformed(format: string, fault: JsonFault, cause: unknown): StatusFailure {
  return new StatusFailure(
    'BadRequest',
    `the request body is not valid ${format}: line ${fault.line}, column ${fault.column}: ${fault.problem}`,
    { causes: [{ reason: 'UnexpectedServerResponse', message: fault.problem }] },
    cause,
  );
}
