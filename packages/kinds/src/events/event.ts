import { textColumn } from '../columns/index.ts';
import { defineKind, int32, type KindOf, object, required, type Static, string, time } from '../machinery/index.ts';
import { eventsName } from '../shared/openapi-names.ts';
import { objectReference } from '../shared/references.ts';
import { eventSource } from './core-event.ts';

const microTime = (description: string) => string(description, { format: 'date-time' });

const body = object({
  eventTime: microTime('When it was first seen, in microseconds.'),
  series: object(
    {
      count: required(int32('How often.')),
      lastObservedTime: required(microTime('When it was last seen.')),
    },
    'Repetitions.',
    eventsName('EventSeries'),
  ),
  reportingController: string('Controller that says so.'),
  reportingInstance: string('Which instance of it.'),
  action: string('What was done.'),
  reason: string('Why, in one CamelCase word.'),
  regarding: objectReference,
  related: objectReference,
  note: string('What happened, in words.'),
  type: string('Normal or Warning.'),
  deprecatedSource: eventSource,
  deprecatedFirstTimestamp: time('When it was first seen.'),
  deprecatedLastTimestamp: time('When it was last seen.'),
  deprecatedCount: int32('How often it was seen.'),
});

/** An event in the group events.k8s.io. */
export type EventsEvent = KindOf<Static<typeof body>>;

export const eventsEvent = defineKind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  description: 'Something that happened to an object.',
  columns: [
    textColumn('Type', 'Normal or Warning.', (item: EventsEvent) => item.type ?? ''),
    textColumn('Reason', 'What happened.', (item: EventsEvent) => item.reason ?? ''),
    textColumn(
      'Object',
      'To what it happened.',
      ({ regarding }: EventsEvent) => `${regarding?.kind?.toLowerCase()}/${regarding?.name}`,
    ),
    textColumn('Note', 'What happened, in words.', (item: EventsEvent) => item.note ?? ''),
  ],
  selectableFields: { reason: (item) => item.reason ?? '', type: (item) => item.type ?? '' },
  body,
});
