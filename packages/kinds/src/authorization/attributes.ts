import { boolean, filled, listOf, mapOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { authorizationName, metaName } from '../shared/openapi-names.ts';

const requirementFields = {
  key: required(string('Key or field.')),
  operator: required(oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'How the key relates to the values.')),
  values: listOf(string(), 'Values.'),
};

const selectorAttributes = (requirement: string, word: string) =>
  object(
    {
      rawSelector: string('The selector as text.'),
      requirements: listOf(
        object(requirementFields, `One rule about a ${word}.`, metaName(requirement)),
        'The selector as rules.',
      ),
    },
    `Limits the request by ${word}.`,
    authorizationName(`${word === 'label' ? 'Label' : 'Field'}SelectorAttributes`),
  );

export const resourceAttributes = object(
  {
    namespace: string('Namespace; empty for all, or for cluster scope.'),
    verb: string('get, list, watch, create, update, patch, delete, proxy, …; * for all.'),
    group: string('API group; * for all.'),
    version: string('API version; * for all.'),
    resource: string('Resource in the plural; * for all.'),
    subresource: string('Subresource.'),
    name: string('Name of the object; empty for all.'),
    fieldSelector: selectorAttributes('FieldSelectorRequirement', 'field'),
    labelSelector: selectorAttributes('LabelSelectorRequirement', 'label'),
  },
  'A request for resources.',
  authorizationName('ResourceAttributes'),
);
export type ResourceAttributes = Static<typeof resourceAttributes>;

export const nonResourceAttributes = object(
  { path: string('Path of the request.'), verb: string('Verb of the request.') },
  'A request for a path.',
  authorizationName('NonResourceAttributes'),
);

export const subjectAccessReviewSpec = object(
  {
    resourceAttributes,
    nonResourceAttributes,
    user: string('User that is asked about.'),
    groups: listOf(string(), 'Groups that are asked about.'),
    extra: mapOf(listOf(string()), 'More about the user.'),
    uid: string('UID of the user.'),
  },
  'The question.',
  authorizationName('SubjectAccessReviewSpec'),
);

export const subjectAccessReviewStatus = object(
  {
    allowed: filled(boolean('Whether it is allowed.')),
    denied: boolean('Whether it is forbidden outright.'),
    reason: string('Why.'),
    evaluationError: string('What went wrong while checking.'),
  },
  'The answer.',
  authorizationName('SubjectAccessReviewStatus'),
);
