import type { KindDefinition } from '@godwit/kinds';
import { Components, v3Dialect } from './components.ts';
import type { PathOperation } from './operations-of-kind.ts';
import { pathsOf } from './paths.ts';

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** The OpenAPI v3 document of one group and version. */
export function openapiV3(kinds: readonly KindDefinition[]): object {
  const components = new Components(v3Dialect);
  const paths = pathsOf(kinds, components, {
    parameterType: (type) => ({ schema: { type, uniqueItems: true } }),
    operation: (operation, { object, given }, parameters) => {
      const content = { 'application/json': { schema: given }, 'application/yaml': { schema: given } };
      const body = requestBody(operation, object, components);
      return {
        parameters,
        ...(body && { requestBody: body }),
        responses: {
          200: { description: 'OK', content },
          ...(operation.method === 'post' && { 201: { description: 'Created', content } }),
          401: { description: 'Unauthorized' },
        },
      };
    },
  });
  const info = { title: 'Godwit', version: 'v1.32.0' };
  return { openapi: '3.0.0', info, paths, components: { schemas: components.schemas } };
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
