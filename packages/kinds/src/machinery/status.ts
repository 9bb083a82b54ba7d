import { Failure } from '@godwit/base';

/** Reasons of `Status` errors, as Kubernetes writes them, with their HTTP status code. */
export const statusCodes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type StatusReason = keyof typeof statusCodes;

/** What kind of fault a cause names. */
export type CauseReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'FieldManagerConflict'
  | 'UnexpectedServerResponse';

/** One thing that is wrong, where, and in words what would be right. */
export interface Cause {
  readonly reason: CauseReason;
  /** Path such as `spec.containers[0].name`. */
  readonly field?: string;
  readonly message: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** The `Status` object with which the Kubernetes API says how a request went. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

const RETRYABLE = new Set<StatusReason>(['TooManyRequests', 'ServiceUnavailable', 'Timeout', 'InternalError']);

/** A refused request. Its `code` is the Status reason (`NotFound`, `Conflict`, …). */
export class StatusFailure extends Failure {
  readonly reason: StatusReason;
  readonly statusDetails: StatusDetails | undefined;

  constructor(reason: StatusReason, message: string, details?: StatusDetails, cause?: unknown) {
    super(reason, message, { retryable: RETRYABLE.has(reason), ...(cause !== undefined && { cause }) });
    this.reason = reason;
    this.statusDetails = details;
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.statusDetails && { details: this.statusDetails }),
      code: statusCodes[this.reason],
    };
  }
}

/** The failure that a `Status` read from the wire stands for. */
export function failureOfStatus(status: Status): StatusFailure {
  const reason = status.reason && status.reason in statusCodes ? status.reason : 'InternalError';
  return new StatusFailure(reason, status.message ?? reason, status.details);
}

export function isReason(error: unknown, ...reasons: StatusReason[]): boolean {
  return error instanceof Failure && reasons.some((reason) => error.code === reason);
}
export const isNotFound = (error: unknown): boolean => isReason(error, 'NotFound');
export const isConflict = (error: unknown): boolean => isReason(error, 'Conflict');
export const isAlreadyExists = (error: unknown): boolean => isReason(error, 'AlreadyExists');
