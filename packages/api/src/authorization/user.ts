/** Who somebody is, as authentication found out. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Members may do everything, even when no role says so. */
export const mastersGroup = 'system:masters';
export const authenticatedGroup = 'system:authenticated';
export const unauthenticatedGroup = 'system:unauthenticated';
export const nodesGroup = 'system:nodes';

export const anonymous: User = { name: 'system:anonymous', groups: [unauthenticatedGroup] };

/** The user that parts of this process act as. */
export const controllers: User = {
  name: 'system:godwit:controllers',
  groups: [mastersGroup, authenticatedGroup],
};

export function nodeUser(node: string): User {
  return { name: `system:node:${node}`, groups: [nodesGroup, authenticatedGroup] };
}

/** The name of the node that this user acts for, or undefined for everybody else. */
export function nodeOfUser(user: User): string | undefined {
  if (!user.name.startsWith('system:node:') || !user.groups.includes(nodesGroup)) return undefined;
  return user.name.slice('system:node:'.length);
}

const SERVICE_ACCOUNT = 'system:serviceaccount:';

export function serviceAccountUserName(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT}${namespace}:${name}`;
}

/** Namespace and name of the service account that this user is, or undefined. */
export function serviceAccountOfUser(userName: string): { namespace: string; name: string } | undefined {
  if (!userName.startsWith(SERVICE_ACCOUNT)) return undefined;
  const [namespace, name, ...rest] = userName.slice(SERVICE_ACCOUNT.length).split(':');
  return namespace && name && rest.length === 0 ? { namespace, name } : undefined;
}
