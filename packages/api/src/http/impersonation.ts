import { StatusFailure } from '@godwit/kinds';
import { authenticatedGroup, serviceAccountOfUser, type User } from '../authorization/user.ts';
import type { Operations } from '../operations/operations.ts';
import type { HttpRequest } from './http-message.ts';
import { reviewAccess } from './review-access.ts';

/** One thing that the real user must be allowed to impersonate, as RBAC names it. */
interface Claim {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly namespace?: string;
  readonly subresource?: string;
}

const EXTRA_PREFIX = 'impersonate-extra-';

/**
 * The user that the `Impersonate-*` headers ask to act as, or the real one when there are none. Throws
 * `Forbidden` unless the real user may impersonate every part of it.
 */
export async function impersonate(operations: Operations, real: User, request: HttpRequest): Promise<User> {
  const name = request.header('impersonate-user');
  const groups = headerList(request, 'impersonate-group');
  const uid = request.header('impersonate-uid');
  const extra = extraHeaders(request);
  if (name === undefined) {
    if (groups.length > 0 || uid !== undefined || extra.size > 0) {
      throw new StatusFailure('BadRequest', 'requested impersonation of groups, uid or extra without a user');
    }
    return real;
  }
  for (const claim of claimsOf(name, groups, uid, extra)) await demand(operations, real, claim);
  const account = serviceAccountOfUser(name);
  const implied =
    groups.length > 0
      ? groups
      : account
        ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
        : [];
  const all =
    implied.includes(authenticatedGroup) || name === 'system:anonymous' ? implied : [...implied, authenticatedGroup];
  return {
    name,
    groups: all,
    ...(uid !== undefined && { uid }),
    ...(extra.size > 0 && { extra: Object.fromEntries(extra) }),
  };
}

function claimsOf(
  name: string,
  groups: readonly string[],
  uid: string | undefined,
  extra: ReadonlyMap<string, readonly string[]>,
): Claim[] {
  const account = serviceAccountOfUser(name);
  const claims: Claim[] = [
    account ? { group: '', resource: 'serviceaccounts', ...account } : { group: '', resource: 'users', name },
    ...groups.map((group) => ({ group: '', resource: 'groups', name: group })),
  ];
  const group = 'authentication.k8s.io';
  if (uid !== undefined) claims.push({ group, resource: 'uids', name: uid });
  for (const [key, values] of extra) {
    for (const value of values) claims.push({ group, resource: 'userextras', subresource: key, name: value });
  }
  return claims;
}

async function demand(operations: Operations, user: User, claim: Claim): Promise<void> {
  const review = await reviewAccess(operations, user, { ...claim, verb: 'impersonate' });
  if (review.allowed) return;
  const what = `${claim.resource}${claim.group === '' ? '' : `.${claim.group}`} "${claim.name}"`;
  throw new StatusFailure(
    'Forbidden',
    `${what} is forbidden: User "${user.name}" cannot impersonate resource "${claim.resource}" in API group "${claim.group}"`,
    { name: claim.name, ...(claim.group !== '' && { group: claim.group }), kind: claim.resource },
  );
}

function headerList(request: HttpRequest, name: string): string[] {
  return request.headerValues(name).filter((value) => value !== '');
}

function extraHeaders(request: HttpRequest): Map<string, string[]> {
  const extra = new Map<string, string[]>();
  for (const header of request.headerNames()) {
    if (!header.startsWith(EXTRA_PREFIX)) continue;
    const key = decodeURIComponent(header.slice(EXTRA_PREFIX.length));
    extra.set(key, headerList(request, header));
  }
  return extra;
}
