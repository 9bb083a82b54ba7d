import { textColumn, wide } from './columns/index.ts';
import {
  defineKind,
  filled,
  int32,
  type KindOf,
  listOf,
  mapOf,
  number,
  object,
  required,
  type Static,
  string,
  time,
} from './machinery/index.ts';

const candidate = object(
  {
    name: required(string('What was looked at: a host, a size, a plan.')),
    score: number('How good it was, from 0 to 1.'),
  },
  'Something that could have been chosen.',
);

const rejection = object(
  {
    name: string('What was turned down; absent where several were for the same reason.'),
    reason: required(string('Why, in words.')),
    count: int32('How many were turned down for this reason.'),
  },
  'What was turned down, and why.',
);

const body = object({
  action: filled(string('Place, Move, Scale, Power, Resize or Preempt.')),
  subject: filled(
    object(
      {
        apiVersion: required(string('API version of the object.')),
        kind: required(string('Kind of the object.')),
        namespace: string('Namespace of the object.'),
        name: required(string('Name of the object.')),
        uid: string('UID of the object.'),
      },
      'What was decided about.',
    ),
  ),
  askedBy: string('Who asked for it.'),
  time: time('When it was decided.'),
  policy: string('The policy that was followed.'),
  revision: string('Revision of the state that was looked at.'),
  inputs: mapOf(string(), 'What it was decided from.'),
  chosen: filled(candidate),
  runnersUp: listOf(candidate, 'The next best.'),
  considered: int32('How many were looked at.'),
  rejected: listOf(rejection, 'What was turned down, and why.'),
  explanation: filled(string('All of it in sentences.')),
});

export type Decision = KindOf<Static<typeof body>>;

/** Why something is as it is. Read out of the record beside what was decided; never written by itself. */
export const decision = defineKind({
  group: 'godwit.dev',
  version: 'v1alpha1',
  kind: 'Decision',
  plural: 'decisions',
  hasGeneration: false,
  description: 'Why something is as it is: who asked, what was known, what was chosen and what was not.',
  body,
  verbs: ['get', 'list', 'watch'],
  selectableFields: {
    action: ({ action }) => action,
    'subject.kind': ({ subject }) => subject.kind,
    'subject.name': ({ subject }) => subject.name,
    'subject.uid': ({ subject }) => subject.uid ?? '',
    'chosen.name': ({ chosen }) => chosen.name,
  },
  columns: [
    textColumn('Action', 'What was done.', ({ action }: Decision) => action),
    textColumn('Subject', 'What was decided about.', ({ subject }: Decision) => `${subject.kind}/${subject.name}`),
    textColumn('Chosen', 'What was chosen.', ({ chosen }: Decision) => chosen.name),
    textColumn('Policy', 'The policy that was followed.', ({ policy }: Decision) => policy ?? ''),
    {
      ...textColumn('Age', 'Time since it was decided.', ({ time: at, metadata }: Decision) => {
        return at ?? metadata.creationTimestamp ?? '';
      }),
      type: 'date' as const,
    },
    wide(textColumn('Asked-By', 'Who asked for it.', ({ askedBy }: Decision) => askedBy ?? '')),
    wide(textColumn('Considered', 'How many were looked at.', ({ considered }: Decision) => `${considered ?? ''}`)),
    wide(textColumn('Explanation', 'All of it in sentences.', ({ explanation }: Decision) => explanation)),
  ],
});
