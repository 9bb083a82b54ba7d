import type { KindDefinition } from '@godwit/kinds';
import type { Components } from './components.ts';
import { operationsOfKind, type PathOperation } from './operations-of-kind.ts';

/** What one operation takes and gives, as references to components. */
export interface OperationSchemas {
  readonly object: { readonly $ref: string };
  /** What is answered: the object, a list of them, or a Status. */
  readonly given: object;
}

/** How one version of OpenAPI writes what stands below paths. */
export interface PathsDialect {
  /** A parameter's type: beside its name, or in a schema. */
  readonly parameterType: (type: string) => object;
  /** What an operation takes and answers with; `query` are its written parameters. */
  readonly operation: (operation: PathOperation, schemas: OperationSchemas, query: readonly object[]) => object;
}

type Paths = Record<string, Record<string, object>>;

/** All that can be done with these kinds, by path and method. Their types are added to `components`. */
export function pathsOf(kinds: readonly KindDefinition[], components: Components, dialect: PathsDialect): Paths {
  const paths: Paths = {};
  for (const kind of kinds) {
    const object = components.addKind(kind);
    for (const operation of operationsOfKind(kind)) {
      const item = paths[operation.path] ?? { parameters: pathParameters(operation.path, dialect) };
      paths[operation.path] = item;
      const given = { object, list: { $ref: `${object.$ref}List` }, status: components.status() }[operation.gives];
      item[operation.method] = written(operation, { object, given }, dialect);
    }
  }
  return paths;
}

function written(operation: PathOperation, schemas: OperationSchemas, dialect: PathsDialect): object {
  const { kind, description, id, action, parameters } = operation;
  const query = parameters.map(({ name, type, description: about }) => ({
    name,
    in: 'query',
    description: about,
    ...dialect.parameterType(type),
  }));
  return {
    tags: [`${kind.group || 'core'}_${kind.version}`],
    description,
    operationId: id,
    ...dialect.operation(operation, schemas, query),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}

function pathParameters(path: string, { parameterType }: PathsDialect): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    description: name === 'namespace' ? 'Namespace of the object.' : 'Name of the object.',
    required: true,
    ...parameterType('string'),
  }));
}
