import { authenticationMessages, authorizationMessages, rbacMessages } from './messages/access.ts';
import { coreMessages } from './messages/core.ts';
import {
  coordinationMessages,
  discoveryMessages,
  eventsMessages,
  networkingMessages,
  storageMessages,
} from './messages/infrastructure.ts';
import { metaMessages } from './messages/machinery.ts';
import {
  appsMessages,
  autoscalingMessages,
  batchMessages,
  policyMessages,
  schedulingMessages,
} from './messages/workloads.ts';

/**
 * Field numbers of Kubernetes' messages, which its API fixes for good. One message is written as
 * `Name: 1 field type, 2 ...Embedded`. A type is `string`, `bool`, `int`, `float`, `bytes`, one of the
 * special ones (`Time`, `MicroTime`, `Quantity`, `IntOrString`, `Raw`, `Items`), or another message, of the
 * same package unless it says `package.Name`. Before it, `[]` means a list and `{}` a map from strings;
 * `?` after it means that zero is said only on purpose; `...` that the fields belong to the object around.
 */
export interface Field {
  /** Undefined for an embedded message. */
  readonly name: string | undefined;
  readonly shape: 'one' | 'list' | 'map';
  /** A scalar or special type, or the full name of a message. */
  readonly type: string;
  /** Zero is told by being there. */
  readonly keepsZero: boolean;
}

export type Message = ReadonlyMap<number, Field>;

const packages: Readonly<Record<string, string>> = {
  apps: appsMessages,
  authentication: authenticationMessages,
  authorization: authorizationMessages,
  autoscaling: autoscalingMessages,
  batch: batchMessages,
  coordination: coordinationMessages,
  core: coreMessages,
  discovery: discoveryMessages,
  events: eventsMessages,
  meta: metaMessages,
  networking: networkingMessages,
  policy: policyMessages,
  rbac: rbacMessages,
  scheduling: schedulingMessages,
  storage: storageMessages,
};

const lines = new Map<string, ReadonlyMap<string, string>>();
const messages = new Map<string, Message>();

/** A message by its full name, such as `core.Pod`; undefined when it is not known. Read when first asked for. */
export function messageNamed(fullName: string): Message | undefined {
  const known = messages.get(fullName);
  if (known) return known;
  const [packageName = '', name = ''] = fullName.split('.');
  const text = linesOf(packageName)?.get(name);
  if (text === undefined) return undefined;
  const fields = text === '' ? [] : text.split(',');
  const message = new Map(fields.map((field) => readField(field.trim(), packageName)));
  messages.set(fullName, message);
  return message;
}

function linesOf(packageName: string): ReadonlyMap<string, string> | undefined {
  const known = lines.get(packageName);
  const text = packages[packageName];
  if (known || text === undefined) return known;
  const joined = text.trim().replaceAll('\n  ', ' ').split('\n');
  const read = new Map(
    joined.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  lines.set(packageName, read);
  return read;
}

const FIELD = /^(\d+) (?:(\w+) |\.\.\.)(\[\]|\{\})?([\w.]+)(\?)?$/;
const SIMPLE = /^(string|bool|int|float|bytes|Time|MicroTime|Quantity|IntOrString|Raw|Items)$/;

function readField(text: string, packageName: string): [number, Field] {
  const [, number, name, repeated, type = '', zero] = FIELD.exec(text) as RegExpExecArray;
  return [
    Number(number),
    {
      name,
      shape: repeated === '[]' ? 'list' : repeated === '{}' ? 'map' : 'one',
      type: SIMPLE.test(type) || type.includes('.') ? type : `${packageName}.${type}`,
      keepsZero: zero !== undefined,
    },
  ];
}

/** The message of a kind, by its apiVersion (`apps/v1`). */
export function messageOfKind(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') return 'meta.DeleteOptions';
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : 'core';
  return `${group.split('.')[0]}.${kind}`;
}
