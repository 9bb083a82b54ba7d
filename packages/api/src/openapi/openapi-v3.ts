import type { KindDefinition } from '@godwit/kinds';
import { Components, v3Dialect } from './components.ts';
import { operationsOfKind, type PathOperation } from './operations-of-kind.ts';

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** The OpenAPI v3 document of one group and version. */
export function openapiV3(kinds: readonly KindDefinition[]): object {
  const components = new Components(v3Dialect);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const kind of kinds) {
    const object = components.addKind(kind);
    for (const operation of operationsOfKind(kind)) {
      const item = paths[operation.path] ?? { parameters: pathParameters(operation.path) };
      paths[operation.path] = item;
      item[operation.method] = operationObject(operation, object, components);
    }
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Godwit', version: 'v1.32.0' },
    paths,
    components: { schemas: components.schemas },
  };
}

function operationObject(operation: PathOperation, object: { $ref: string }, components: Components): object {
  const given = { object, list: { $ref: `${object.$ref}List` }, status: components.status() }[operation.gives];
  const content = { 'application/json': { schema: given }, 'application/yaml': { schema: given } };
  const body = requestBody(operation, object, components);
  return {
    tags: [`${operation.kind.group || 'core'}_${operation.kind.version}`],
    description: operation.description,
    operationId: operation.id,
    parameters: operation.parameters.map(({ name, type, description }) => ({
      name,
      in: 'query',
      description,
      schema: { type, uniqueItems: true },
    })),
    ...(body && { requestBody: body }),
    responses: {
      200: { description: 'OK', content },
      ...(operation.method === 'post' && { 201: { description: 'Created', content } }),
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  };
}

function requestBody(operation: PathOperation, object: object, components: Components): object | undefined {
  switch (operation.takes) {
    case 'object':
      return { content: { '*/*': { schema: object } }, required: true };
    case 'delete-options':
      return {
        content: { '*/*': { schema: components.deleteOptions([{ ...operation.kind, kind: 'DeleteOptions' }]) } },
      };
    case 'patch': {
      // A patch is whatever its media type says: any object, or for JSON Patch a list.
      const schema = { type: 'object' };
      return { content: Object.fromEntries(patchTypes.map((type) => [type, { schema }])), required: true };
    }
    default:
      return undefined;
  }
}

/** Parameters in the path itself. */
function pathParameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    description: name === 'namespace' ? 'Namespace of the object.' : 'Name of the object.',
    required: true,
    schema: { type: 'string', uniqueItems: true },
  }));
}
