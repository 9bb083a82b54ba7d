import { defineKind, int32, type ObjectOfKind, object, required, string, time } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';
import { objectReference } from '../shared/references.ts';

export const eventSource = object(
  { component: string('Part that saw it.'), host: string('Node on which it was seen.') },
  'Who saw it.',
  coreName('EventSource'),
);

const microTime = (description: string) => string(description, { format: 'date-time' });

export const event = defineKind({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  description: 'Something that happened to an object.',
  body: object({
    involvedObject: required(objectReference),
    reason: string('What happened, in one CamelCase word.'),
    message: string('What happened, in words.'),
    source: eventSource,
    firstTimestamp: time('When it was first seen.'),
    lastTimestamp: time('When it was last seen.'),
    count: int32('How often it was seen.'),
    type: string('Normal or Warning.'),
    eventTime: microTime('When it was first seen, in microseconds.'),
    series: object(
      { count: int32('How often.'), lastObservedTime: microTime('When it was last seen.') },
      'Repetitions.',
      coreName('EventSeries'),
    ),
    action: string('What was done.'),
    related: objectReference,
    reportingComponent: string('Controller that says so.'),
    reportingInstance: string('Which instance of it.'),
  }),
});

/** An event in the core group: what most clients write and read. */
export type Event = ObjectOfKind<typeof event>;
