import type { ResourceAttributes } from '../authorization/authorizer.ts';
import type { User } from '../authorization/user.ts';
import type { Operations } from '../operations/operations.ts';

const reviews = { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews' };

/** Asks the door itself whether a user may do something: a review says what the authoriser says. */
export async function reviewAccess(
  operations: Operations,
  user: User,
  resourceAttributes: ResourceAttributes,
): Promise<{ readonly allowed: boolean; readonly reason?: string }> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes },
  };
  const { document } = await operations.create({ user }, reviews, review);
  const { status } = document.object as { status?: { allowed?: boolean; reason?: string } };
  return { allowed: status?.allowed === true, ...(status?.reason !== undefined && { reason: status.reason }) };
}
