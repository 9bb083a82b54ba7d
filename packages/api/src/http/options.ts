import {
  type DeleteOptions,
  type ListOptions,
  StatusFailure,
  type WatchOptions,
  type WriteOptions,
} from '@godwit/kinds';
import type { Query } from './query.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const noListOptions: ListOptions = {};
const noWriteOptions: WriteOptions = {};

export function listOptions(query: Query): ListOptions {
  if (query.empty) return noListOptions;
  const options: Mutable<ListOptions> = selection(query);
  const limit = wholeNumber(query, 'limit');
  if (limit !== undefined && limit > 0) options.limit = limit;
  const next = query.get('continue');
  if (next) options.continue = next;
  const version = query.get('resourceVersion');
  if (version) options.resourceVersion = version;
  const match = query.get('resourceVersionMatch');
  if (match) {
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      throw invalidOption('resourceVersionMatch', match, 'must be Exact or NotOlderThan');
    }
    if (!version) throw invalidOption('resourceVersionMatch', match, 'needs a resourceVersion');
    options.resourceVersionMatch = match;
  }
  return options;
}

export function watchOptions(query: Query): WatchOptions {
  const options: Mutable<WatchOptions> = selection(query);
  const version = query.get('resourceVersion');
  if (version) options.resourceVersion = version;
  if (query.flag('allowWatchBookmarks')) options.allowWatchBookmarks = true;
  if (query.flag('sendInitialEvents')) options.sendInitialEvents = true;
  const timeout = wholeNumber(query, 'timeoutSeconds');
  if (timeout !== undefined && timeout > 0) options.timeoutSeconds = timeout;
  return options;
}

function selection(query: Query): { labelSelector?: string; fieldSelector?: string } {
  const result: { labelSelector?: string; fieldSelector?: string } = {};
  const labels = query.get('labelSelector');
  if (labels) result.labelSelector = labels;
  const fields = query.get('fieldSelector');
  if (fields) result.fieldSelector = fields;
  return result;
}

export function writeOptions(query: Query): WriteOptions {
  if (query.empty) return noWriteOptions;
  const options: Mutable<WriteOptions> = {};
  if (dryRun(query.all('dryRun'))) options.dryRun = true;
  const manager = query.get('fieldManager');
  if (manager) options.fieldManager = manager;
  const validation = query.get('fieldValidation');
  if (validation) {
    if (validation !== 'Ignore' && validation !== 'Warn' && validation !== 'Strict') {
      throw invalidOption('fieldValidation', validation, 'must be Ignore, Warn or Strict');
    }
    options.fieldValidation = validation;
  }
  return options;
}

/** Options of a deletion come as parameters, as a body of kind DeleteOptions, or both; parameters win. */
export function deleteOptions(query: Query, body: unknown): DeleteOptions {
  const options: Mutable<DeleteOptions> = {};
  const given = record(body);
  const grace = wholeNumber(query, 'gracePeriodSeconds') ?? given.gracePeriodSeconds;
  if (grace !== undefined && grace !== null) {
    if (typeof grace !== 'number' || !Number.isInteger(grace) || grace < 0) {
      throw invalidOption('gracePeriodSeconds', grace, 'must be a whole number of seconds, 0 or more');
    }
    options.gracePeriodSeconds = grace;
  }
  const policy = query.get('propagationPolicy') ?? given.propagationPolicy ?? orphanPolicy(query, given);
  if (policy !== undefined && policy !== null) {
    if (policy !== 'Orphan' && policy !== 'Background' && policy !== 'Foreground') {
      throw invalidOption('propagationPolicy', policy, 'must be Orphan, Background or Foreground');
    }
    options.propagationPolicy = policy;
  }
  const preconditions = record(given.preconditions);
  const { uid, resourceVersion } = preconditions;
  if (typeof uid === 'string' || typeof resourceVersion === 'string') {
    options.preconditions = {
      ...(typeof uid === 'string' && { uid }),
      ...(typeof resourceVersion === 'string' && { resourceVersion }),
    };
  }
  const inBody = Array.isArray(given.dryRun) ? given.dryRun.map(String) : [];
  if (dryRun([...query.all('dryRun'), ...inBody])) options.dryRun = true;
  return options;
}

/** The oldest way to say it: `orphanDependents: true` or `false`. */
function orphanPolicy(query: Query, body: Readonly<Record<string, unknown>>): string | undefined {
  const asked = query.get('orphanDependents') === undefined ? body.orphanDependents : query.flag('orphanDependents');
  if (asked === undefined || asked === null) return undefined;
  return asked === true ? 'Orphan' : 'Background';
}

function dryRun(values: readonly string[]): boolean {
  for (const value of values) {
    if (value !== 'All' && value !== '') throw invalidOption('dryRun', value, 'must be All');
  }
  return values.includes('All');
}

function wholeNumber(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw invalidOption(name, text, 'must be a whole number');
  return Number(text);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function invalidOption(name: string, value: unknown, rule: string): StatusFailure {
  return new StatusFailure('BadRequest', `${name}: ${JSON.stringify(value)}: ${rule}`, {
    causes: [{ reason: 'FieldValueInvalid', field: name, message: rule }],
  });
}
