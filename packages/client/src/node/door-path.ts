import type { Address, ListOptions, WatchOptions, WriteOptions } from '@godwit/kinds';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path of a resource, as the Kubernetes API spells it. */
export function pathOf(address: Address): string {
  const { group, version, plural, namespace, name, subresource } = address;
  const parts = group === '' ? ['api', version] : ['apis', group, version];
  if (namespace) parts.push('namespaces', namespace);
  parts.push(plural);
  if (name) parts.push(name);
  if (subresource) parts.push(subresource);
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

/** `path` with the values that are given as its query. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== false && value !== '') parameters.set(key, String(value));
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

export function listQuery(options: ListOptions): Query {
  const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch } = options;
  return { labelSelector, fieldSelector, limit, continue: options.continue, resourceVersion, resourceVersionMatch };
}

export function watchQuery(options: WatchOptions): Query {
  const { labelSelector, fieldSelector, resourceVersion, allowWatchBookmarks, sendInitialEvents, timeoutSeconds } =
    options;
  return {
    watch: true,
    labelSelector,
    fieldSelector,
    resourceVersion,
    allowWatchBookmarks,
    sendInitialEvents,
    // The protocol wants this said with it.
    resourceVersionMatch: sendInitialEvents ? 'NotOlderThan' : undefined,
    timeoutSeconds,
  };
}

export function writeQuery(options: WriteOptions): Query {
  const { dryRun, fieldManager, fieldValidation } = options;
  return { dryRun: dryRun ? 'All' : undefined, fieldManager, fieldValidation };
}
