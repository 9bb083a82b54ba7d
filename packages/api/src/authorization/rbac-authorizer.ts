import type { Attributes, Authorizer, Decision } from './authorizer.ts';
import type { RbacIndex } from './rbac-index.ts';
import { ruleAllows } from './rules.ts';
import { mastersGroup, type User } from './user.ts';

/** Masters may do everything. */
export const mastersAuthorizer: Authorizer = {
  decide: (user) =>
    user.groups.includes(mastersGroup) ? { allowed: true, reason: `member of ${mastersGroup}` } : { allowed: false },
};

/** Allows what a role that the user holds allows. */
export class RbacAuthorizer implements Authorizer {
  readonly #index: RbacIndex;

  constructor(index: RbacIndex) {
    this.#index = index;
  }

  decide(user: User, attributes: Attributes): Decision {
    const namespace = 'path' in attributes ? undefined : attributes.namespace;
    for (const { rule, grant } of this.#index.rulesFor(user, namespace)) {
      if (ruleAllows(rule, attributes)) return { allowed: true, reason: `RBAC: allowed by ${grant} to ${user.name}` };
    }
    return { allowed: false };
  }
}

/** Asks one after the other; the first yes counts. */
export function anyOf(...authorizers: readonly Authorizer[]): Authorizer {
  return {
    decide(user, attributes) {
      for (const authorizer of authorizers) {
        const decision = authorizer.decide(user, attributes);
        if (decision.allowed) return decision;
      }
      return { allowed: false };
    },
  };
}
