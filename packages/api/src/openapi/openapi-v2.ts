import type { KindDefinition } from '@godwit/kinds';
import { Components, v2Dialect } from './components.ts';
import type { PathOperation } from './operations-of-kind.ts';
import { pathsOf } from './paths.ts';

export interface SwaggerDocument {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, object>>;
  readonly definitions: Readonly<Record<string, object>>;
}

/** The OpenAPI v2 (Swagger) document of everything that is served: one for all groups. */
export function openapiV2(kinds: readonly KindDefinition[]): SwaggerDocument {
  const components = new Components(v2Dialect);
  const paths = pathsOf(kinds, components, {
    parameterType: (type) => ({ type, uniqueItems: true }),
    operation: (operation, { object, given }, query) => {
      const body = bodySchema(operation, object, components);
      const required = operation.takes !== 'delete-options';
      return {
        consumes:
          operation.takes === 'patch' ? ['application/json-patch+json', 'application/merge-patch+json'] : ['*/*'],
        produces: ['application/json', 'application/yaml'],
        schemes: ['https'],
        parameters: [...(body ? [{ name: 'body', in: 'body', required, schema: body }] : []), ...query],
        responses: { 200: { description: 'OK', schema: given }, 401: { description: 'Unauthorized' } },
      };
    },
  });
  const info = { title: 'Godwit', version: 'v1.32.0' };
  return { swagger: '2.0', info, paths, definitions: components.schemas };
}

function bodySchema(operation: PathOperation, object: object, components: Components): object | undefined {
  if (operation.takes === 'object') return object;
  if (operation.takes === 'delete-options') return components.deleteOptions([]);
  return operation.takes === 'patch' ? { type: 'object' } : undefined;
}
