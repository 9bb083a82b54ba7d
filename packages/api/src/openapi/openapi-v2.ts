import type { KindDefinition } from '@godwit/kinds';
import { Components, v2Dialect } from './components.ts';
import { operationsOfKind, type PathOperation } from './operations-of-kind.ts';

/** The OpenAPI v2 (Swagger) document of everything that is served: one for all groups. */
export function openapiV2(kinds: readonly KindDefinition[]): SwaggerDocument {
  const components = new Components(v2Dialect);
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
    swagger: '2.0',
    info: { title: 'Godwit', version: 'v1.32.0' },
    paths,
    definitions: components.schemas,
  };
}

export interface SwaggerDocument {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, object>>;
}

function operationObject(operation: PathOperation, object: { $ref: string }, components: Components): object {
  const schema = { object, list: { $ref: `${object.$ref}List` }, status: components.status() }[operation.gives];
  const body = bodySchema(operation, object, components);
  return {
    tags: [`${operation.kind.group || 'core'}_${operation.kind.version}`],
    description: operation.description,
    operationId: operation.id,
    consumes: operation.takes === 'patch' ? ['application/json-patch+json', 'application/merge-patch+json'] : ['*/*'],
    produces: ['application/json', 'application/yaml'],
    schemes: ['https'],
    parameters: [
      ...(body ? [{ name: 'body', in: 'body', required: operation.takes !== 'delete-options', schema: body }] : []),
      ...operation.parameters.map(({ name, type, description }) => ({
        name,
        in: 'query',
        description,
        type,
        uniqueItems: true,
      })),
    ],
    responses: { 200: { description: 'OK', schema }, 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.kind,
  };
}

function bodySchema(operation: PathOperation, object: object, components: Components): object | undefined {
  if (operation.takes === 'object') return object;
  if (operation.takes === 'delete-options') return components.deleteOptions([]);
  return operation.takes === 'patch' ? { type: 'object' } : undefined;
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    description: name === 'namespace' ? 'Namespace of the object.' : 'Name of the object.',
    required: true,
    type: 'string',
    uniqueItems: true,
  }));
}
