import { type KindDefinition, type Verb } from '@godwit/kinds';
import { subresourcesOf } from '../discovery/subresources.ts';
import type { GroupVersionKind } from './components.ts';

/** A parameter after `?`. */
export interface Parameter {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

/** One thing that can be done at one path, before it is written in either version of OpenAPI. */
export interface PathOperation {
  readonly path: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** `x-kubernetes-action`: what RBAC and clients call it. */
  readonly action: string;
  readonly id: string;
  readonly description: string;
  readonly kind: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  readonly takes: 'object' | 'delete-options' | 'patch' | 'nothing';
  readonly gives: 'object' | 'list' | 'status';
}

const p = (name: string, type: Parameter['type'], description: string): Parameter => ({ name, type, description });

const pretty = p('pretty', 'string', 'Indents the answer for people.');
const dryRun = p('dryRun', 'string', 'All: go the whole way, but store nothing.');
const fieldManager = p('fieldManager', 'string', 'Who is held to manage the fields that are set.');
const fieldValidation = p(
  'fieldValidation',
  'string',
  'What unknown and doubled fields lead to: Ignore, Warn, Strict.',
);
const selection = [
  p('continue', 'string', 'Where the page before ended.'),
  p('fieldSelector', 'string', 'Only objects whose fields have these values.'),
  p('labelSelector', 'string', 'Only objects with these labels.'),
  p('limit', 'integer', 'Most objects in one answer.'),
  p('resourceVersion', 'string', 'The version to show, or to begin a watch after.'),
  p('resourceVersionMatch', 'string', 'Exact or NotOlderThan.'),
];
const watching = [
  p('allowWatchBookmarks', 'boolean', 'Sends the version now and then even when nothing happens.'),
  p('sendInitialEvents', 'boolean', 'Begins a watch with the objects that are there.'),
  p('timeoutSeconds', 'integer', 'Ends the request after so long.'),
  p('watch', 'boolean', 'Sends changes as they happen.'),
];
const deleting = [
  p('gracePeriodSeconds', 'integer', 'Seconds that the object has to end by itself.'),
  p('orphanDependents', 'boolean', 'The old form of propagationPolicy.'),
  p('propagationPolicy', 'string', 'Orphan, Background or Foreground.'),
];
const writing = [dryRun, fieldManager, fieldValidation];
const force = p('force', 'boolean', 'Server-side apply: take over fields that others manage.');

/** All that can be done with a kind. */
export function operationsOfKind(kind: KindDefinition): PathOperation[] {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const collection = `${root}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}`;
  const found = [...ofCollection(kind, collection), ...ofObject(kind, `${collection}/{name}`)];
  if (kind.namespaced && kind.verbs.includes('list')) {
    const everywhere = make(kind, `${root}/${kind.plural}`, 'get', 'list', 'ForAllNamespaces', {
      parameters: [pretty, ...selection, ...watching],
      gives: 'list',
      takes: 'nothing',
    });
    found.push(everywhere);
  }
  return found;
}

function ofCollection(kind: KindDefinition, path: string): PathOperation[] {
  const has = (verb: Verb) => kind.verbs.includes(verb);
  const found: PathOperation[] = [];
  if (has('list')) {
    const parameters = [pretty, ...selection, ...watching];
    found.push(make(kind, path, 'get', 'list', '', { parameters, gives: 'list', takes: 'nothing' }));
  }
  if (has('create')) {
    found.push(
      make(kind, path, 'post', 'post', '', { parameters: [pretty, ...writing], gives: 'object', takes: 'object' }),
    );
  }
  if (has('deletecollection')) {
    const parameters = [pretty, dryRun, ...deleting, ...selection];
    found.push(
      make(kind, path, 'delete', 'deletecollection', 'Collection', {
        parameters,
        gives: 'status',
        takes: 'delete-options',
      }),
    );
  }
  return found;
}

function ofObject(kind: KindDefinition, path: string): PathOperation[] {
  const verbs: Verb[] = ['get', 'update', 'patch', 'delete'];
  const found = verbs.filter((verb) => kind.verbs.includes(verb)).map((verb) => single(kind, path, verb, '', kind));
  for (const part of subresourcesOf(kind)) {
    const suffix = part.name.charAt(0).toUpperCase() + part.name.slice(1);
    for (const verb of ['create', ...verbs] as const) {
      if (part.verbs.includes(verb)) found.push(single(kind, `${path}/${part.name}`, verb, suffix, part));
    }
  }
  return found;
}

function single(kind: KindDefinition, path: string, verb: Verb, suffix: string, type: GroupVersionKind): PathOperation {
  const as = (method: PathOperation['method'], action: string, rest: Shape) =>
    make(kind, path, method, action, suffix, rest, type);
  switch (verb) {
    case 'create':
      return as('post', 'connect', { parameters: [pretty, ...writing], gives: 'object', takes: 'object' });
    case 'update':
      return as('put', 'put', { parameters: [pretty, ...writing], gives: 'object', takes: 'object' });
    case 'patch':
      return as('patch', 'patch', { parameters: [pretty, ...writing, force], gives: 'object', takes: 'patch' });
    case 'delete':
      return as('delete', 'delete', {
        parameters: [pretty, dryRun, ...deleting],
        gives: 'status',
        takes: 'delete-options',
      });
    default:
      return as('get', 'get', { parameters: [pretty], gives: 'object', takes: 'nothing' });
  }
}

type Shape = Pick<PathOperation, 'parameters' | 'gives' | 'takes'>;

function make(
  kind: KindDefinition,
  path: string,
  method: PathOperation['method'],
  action: string,
  suffix: string,
  shape: Shape,
  type: GroupVersionKind = kind,
): PathOperation {
  const group = (kind.group.split('.')[0] || 'core').replace(/^./, (letter) => letter.toUpperCase());
  const version = kind.version.replace(/^./, (letter) => letter.toUpperCase());
  const word = action === 'post' ? 'create' : action === 'put' ? 'replace' : action === 'get' ? 'read' : action;
  return {
    path,
    method,
    action,
    id: `${word}${group}${version}${kind.namespaced ? 'Namespaced' : ''}${kind.kind}${suffix}`,
    description: `${word} ${kind.kind}${suffix === '' ? '' : ` (${suffix})`}`,
    kind: { group: type.group, version: type.version, kind: type.kind },
    ...shape,
  };
}
