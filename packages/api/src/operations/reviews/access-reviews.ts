import {
  type KubeObject,
  type PolicyRule,
  type SelfSubjectAccessReview,
  type SelfSubjectRulesReview,
  StatusFailure,
  type SubjectAccessReview,
} from '@godwit/kinds';
import type { Attributes } from '../../authorization/authorizer.ts';
import { mastersGroup, type User } from '../../authorization/user.ts';
import type { Engine } from '../engine.ts';
import type { Review } from './review.ts';

type Spec = SelfSubjectAccessReview['spec'];

function attributesOf({ resourceAttributes, nonResourceAttributes }: Spec): Attributes {
  if (resourceAttributes && nonResourceAttributes) {
    throw new StatusFailure(
      'Invalid',
      'spec: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  }
  if (nonResourceAttributes) {
    return { verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' };
  }
  if (!resourceAttributes) {
    throw new StatusFailure(
      'Invalid',
      'spec: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  }
  const { verb = '', group = '', resource = '', subresource, namespace, name } = resourceAttributes;
  return {
    verb,
    group,
    resource,
    ...(subresource && { subresource }),
    ...(namespace && { namespace }),
    ...(name && { name }),
  };
}

function verdict(engine: Engine, user: User, spec: Spec): object {
  const { allowed, reason } = engine.authorizer.decide(user, attributesOf(spec));
  return { allowed, ...(reason && { reason }) };
}

export const selfAccessReview: Review = {
  free: true,
  answer: (engine, caller, question) => verdict(engine, caller.user, (question as SelfSubjectAccessReview).spec),
};

function subjectOf({ spec }: SubjectAccessReview): User {
  const { user = '', groups = [], uid, extra } = spec;
  if (user === '' && groups.length === 0) {
    throw new StatusFailure('Invalid', 'spec.user: Invalid value: "": at least one of user or group must be specified');
  }
  return { name: user, groups, ...(uid && { uid }), ...(extra && { extra }) };
}

export const subjectAccessReview: Review = {
  free: false,
  answer: (engine, _caller, question) => {
    const review = question as unknown as SubjectAccessReview;
    return verdict(engine, subjectOf(review), review.spec);
  },
};

export const localAccessReview: Review = {
  free: false,
  answer: (engine, _caller, question, address) => {
    const review = question as unknown as SubjectAccessReview;
    const { resourceAttributes } = review.spec;
    if (!resourceAttributes || resourceAttributes.namespace !== address.namespace) {
      throw new StatusFailure('Invalid', 'spec.resourceAttributes.namespace: must match the namespace of the review');
    }
    return verdict(engine, subjectOf(review), review.spec);
  },
};

const everything: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function isPathRule(rule: PolicyRule): boolean {
  return (rule.nonResourceURLs?.length ?? 0) > 0;
}

export const selfRulesReview: Review = {
  free: true,
  answer: (engine, caller, question) => {
    const { spec } = question as KubeObject & SelfSubjectRulesReview;
    const isMaster = caller.user.groups.includes(mastersGroup);
    const held = [...(engine.rbac?.rulesFor(caller.user, spec.namespace || undefined) ?? [])].map(({ rule }) => rule);
    const rules = isMaster ? everything : held;
    return {
      resourceRules: rules
        .filter((rule) => !isPathRule(rule))
        .map(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) => ({
          verbs,
          apiGroups,
          resources,
          ...(resourceNames.length > 0 && { resourceNames }),
        })),
      nonResourceRules: rules.filter(isPathRule).map(({ verbs, nonResourceURLs = [] }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
    };
  },
};
