import {
  boolean,
  defineKind,
  filled,
  listOf,
  type ObjectOfKind,
  object,
  required,
  string,
} from '../machinery/index.ts';
import { authorizationName } from '../shared/openapi-names.ts';

const resourceRule = object(
  {
    verbs: required(listOf(string(), 'What may be done.')),
    apiGroups: listOf(string(), 'API groups.'),
    resources: listOf(string(), 'Resources.'),
    resourceNames: listOf(string(), 'Names of single objects; all when empty.'),
  },
  'A right to resources.',
  authorizationName('ResourceRule'),
);

const nonResourceRule = object(
  { verbs: required(listOf(string(), 'What may be done.')), nonResourceURLs: listOf(string(), 'Paths.') },
  'A right to paths.',
  authorizationName('NonResourceRule'),
);

export const selfSubjectRulesReview = defineKind({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  hasGeneration: false,
  description: 'Asks for all that the asker may do in a namespace.',
  body: object({
    spec: required(
      object(
        { namespace: string('Namespace that is asked about.') },
        'The question.',
        authorizationName('SelfSubjectRulesReviewSpec'),
      ),
    ),
    status: object(
      {
        resourceRules: filled(listOf(resourceRule, 'Rights to resources.')),
        nonResourceRules: filled(listOf(nonResourceRule, 'Rights to paths.')),
        incomplete: filled(boolean('Whether there may be more.')),
        evaluationError: string('What went wrong while checking.'),
      },
      'The answer.',
      authorizationName('SubjectRulesReviewStatus'),
    ),
  }),
  verbs: ['create'],
});

export type SelfSubjectRulesReview = ObjectOfKind<typeof selfSubjectRulesReview>;
