/** What the rest of the program knows about a failure. Compared by `code`, never by class or message. */
export interface FailureOptions {
  readonly cause?: unknown;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  /** Facts for machines: names, limits, revisions. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class of Godwit. `code` is kebab-case and documented in docs/errors.md. */
export class Failure extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** The code of any thrown value: a Failure's own, a Node error's `code`, else `unknown`. */
export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return 'unknown';
}

export function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

const LONGEST_CHAIN = 8;

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

/** The message of any thrown value, with the chain of its causes; what a message already says is not said again. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  const tell = (text: string) => {
    if (text !== '' && !parts.at(-1)?.includes(text)) parts.push(text);
  };
  let current = error;
  while (current instanceof Error && parts.length < LONGEST_CHAIN) {
    tell(current.message);
    current = current.cause;
  }
  if (current !== undefined && !(current instanceof Error)) tell(textOf(current));
  return parts.join(': ');
}
