import { defineKind, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { subjectAccessReviewSpec, subjectAccessReviewStatus } from './attributes.ts';

export const subjectAccessReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
  hasGeneration: false,
  description: 'Asks whether a user may do something.',
  body: object({
    spec: required(subjectAccessReviewSpec),
    status: subjectAccessReviewStatus,
  }),
  verbs: ['create'],
});

export type SubjectAccessReview = ObjectOfKind<typeof subjectAccessReview>;
