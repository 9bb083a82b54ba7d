import { defineKind, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { authorizationName } from '../shared/openapi-names.ts';
import { nonResourceAttributes, resourceAttributes, subjectAccessReviewStatus } from './attributes.ts';

export const selfSubjectAccessReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
  hasGeneration: false,
  description: 'Asks whether the asker may do something.',
  body: object({
    spec: required(
      object(
        { resourceAttributes, nonResourceAttributes },
        'The question.',
        authorizationName('SelfSubjectAccessReviewSpec'),
      ),
    ),
    status: subjectAccessReviewStatus,
  }),
  verbs: ['create'],
});

export type SelfSubjectAccessReview = ObjectOfKind<typeof selfSubjectAccessReview>;
