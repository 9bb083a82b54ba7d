import { int64, object, oneOf, required, type Static, string, time } from '../machinery/index.ts';
import { metaName } from './openapi-names.ts';

export const conditionStatus = oneOf(['True', 'False', 'Unknown'], 'Whether the condition holds.');

/** What the conditions of older kinds have in common. @param types what they are about */
export const conditionFields = (types: string) => ({
  type: required(string(types)),
  status: required(conditionStatus),
  lastTransitionTime: time('When the status last changed.'),
  reason: string('Why, in one word.'),
  message: string('Why, in words.'),
});

/** The common condition of newer kinds (metav1.Condition). */
export const condition = object(
  {
    type: required(string('What the condition is about.')),
    status: required(conditionStatus),
    observedGeneration: int64('Generation of the object that the condition was set for.', { minimum: 0 }),
    lastTransitionTime: required(time('When the status last changed.')),
    reason: required(string('Why, in one CamelCase word, for programs.')),
    message: required(string('Why, in words, for people.')),
  },
  'One aspect of how the object stands.',
  metaName('Condition'),
);
export type Condition = Static<typeof condition>;
