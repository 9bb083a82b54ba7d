import {
  defineKind,
  formOf,
  int32,
  type KindOf,
  object,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { eventsName } from '../shared/openapi-names.ts';
import { fieldsOfReference, objectReference } from '../shared/references.ts';
import { type Event, event, eventSource } from './event.ts';
import { validateEventsEvent } from './validate-events-event.ts';

const body = object({
  eventTime: time('When it was first seen, in microseconds.'),
  series: object(
    {
      count: required(int32('How often.')),
      lastObservedTime: required(time('When it was last seen.')),
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

/** What the two forms call differently; the first name is that of events.k8s.io. */
const names: readonly (readonly [own: string, core: string])[] = [
  ['reportingController', 'reportingComponent'],
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];
const coreNames = new Map(names);
const ownNames = new Map(names.map(([own, core]) => [core, own]));

function renamed<T>(fields: object, to: ReadonlyMap<string, string>): T {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [to.get(name) ?? name, value])) as T;
}

function inCoreForm<T>(fields: object): T {
  return { involvedObject: {}, ...renamed<T>(fields, coreNames) };
}

export const eventsEvent = defineKind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  description: 'Something that happened to an object.',
  body,
  form: formOf<EventsEvent, Event>(event, {
    read: (stored) => renamed(stored, ownNames),
    write: (fields) => inCoreForm(fields),
  }),
  validate: (item, { old }) => (old ? [] : validateEventsEvent(item)),
  columns: event.columns.map((column) => ({
    ...column,
    value: (item: EventsEvent, now: number) => column.value(inCoreForm<Event>(item), now),
  })),
  selectableFields: {
    ...fieldsOfReference('regarding', (item: EventsEvent) => item.regarding),
    reason: (item) => item.reason ?? '',
    reportingController: (item) => item.reportingController ?? '',
    type: (item) => item.type ?? '',
  },
});
