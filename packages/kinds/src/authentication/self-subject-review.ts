import { defineKind, type ObjectOfKind, object } from '../machinery/index.ts';
import { authenticationName } from '../shared/openapi-names.ts';
import { userInfo } from './user-info.ts';

export const selfSubjectReview = defineKind({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
  description: 'Asks who the asker is.',
  body: object({
    status: object({ userInfo }, 'The answer.', authenticationName('SelfSubjectReviewStatus')),
  }),
  verbs: ['create'],
});

export type SelfSubjectReview = ObjectOfKind<typeof selfSubjectReview>;
