import { StatusFailure } from '@godwit/kinds';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { duplicateFields } from './duplicate-fields.ts';

export interface ParsedBody {
  readonly value: unknown;
  /** Paths of fields that the text names more than once; the last one counts. */
  readonly duplicateFields: readonly string[];
}

/** Reads a request's text. Throws `BadRequest` for what is not JSON or YAML. */
export function parseBody(text: string, format: 'json' | 'yaml'): ParsedBody {
  const head = text.trimStart();
  if (format === 'json' || head.startsWith('{')) {
    try {
      return { value: JSON.parse(text), duplicateFields: duplicateFields(text) };
    } catch (error) {
      if (format === 'json') throw unreadable(error);
    }
  }
  try {
    return { value: load(text, { schema: YAML11_SCHEMA }), duplicateFields: [] };
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): StatusFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new StatusFailure(
    'BadRequest',
    `the object provided is unrecognized (must be of type JSON or YAML): ${why}`,
    undefined,
    error,
  );
}
