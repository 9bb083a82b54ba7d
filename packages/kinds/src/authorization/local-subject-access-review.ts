import { defineKind, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { subjectAccessReviewSpec, subjectAccessReviewStatus } from './attributes.ts';

export const localSubjectAccessReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  namespaced: true,
  hasGeneration: false,
  description: 'Asks whether a user may do something in one namespace.',
  body: object({
    spec: required(subjectAccessReviewSpec),
    status: subjectAccessReviewStatus,
  }),
  verbs: ['create'],
});

export type LocalSubjectAccessReview = ObjectOfKind<typeof localSubjectAccessReview>;
