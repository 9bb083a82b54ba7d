/** What a path of the API names: one resource, or something else that is looked up by its text. */
export type Route =
  | {
      readonly type: 'resource';
      readonly group: string;
      readonly version: string;
      readonly plural: string;
      readonly namespace: string | undefined;
      readonly name: string | undefined;
      readonly subresource: string | undefined;
      /** What follows the subresource (`portforward/8080/tcp`), without a leading slash; empty when nothing does. */
      readonly rest: string;
    }
  | { readonly type: 'other'; readonly path: string };

/**
 * Reads the path grammar of the Kubernetes API (`/api/v1/…` and `/apis/<group>/<version>/…`). Undefined
 * when an escape in it cannot be decoded. Paths that stop before a resource are of type `other`.
 */
export function parsePath(path: string): Route | undefined {
  const parts = path.split('/');
  const last = parts.length - 1;
  // A slash at the end changes nothing.
  const length = parts[last] === '' ? last : parts.length;
  const core = parts[1] === 'api';
  const first = core ? 3 : 4;
  if ((!core && parts[1] !== 'apis') || length <= first) return { type: 'other', path };
  if (path.includes('%')) {
    for (let i = 2; i < length; i++) {
      const decoded = decode(parts[i] as string);
      if (decoded === undefined) return undefined;
      parts[i] = decoded;
    }
  }
  const group = core ? '' : (parts[2] as string);
  const version = parts[core ? 2 : 3] as string;
  if (
    parts[first] === 'namespaces' &&
    length > first + 2 &&
    !isNamespaceSubresource(group, parts[first + 2] as string)
  ) {
    return resource(group, version, parts, first + 2, length, parts[first + 1]);
  }
  return resource(group, version, parts, first, length, undefined);
}

/** `namespaces/<name>/status` and `…/finalize` are of the namespace itself, not of what is in it. */
function isNamespaceSubresource(group: string, word: string): boolean {
  return group === '' && (word === 'status' || word === 'finalize');
}

function resource(
  group: string,
  version: string,
  parts: readonly string[],
  at: number,
  length: number,
  namespace: string | undefined,
): Route {
  return {
    type: 'resource',
    group,
    version,
    plural: parts[at] as string,
    namespace,
    name: length > at + 1 ? parts[at + 1] : undefined,
    subresource: length > at + 2 ? parts[at + 2] : undefined,
    rest: length > at + 3 ? parts.slice(at + 3, length).join('/') : '',
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
