import { ageOf, countColumn, textColumn, wide } from '../columns/index.ts';
import { defineKind, int32, type KindOf, object, required, type Static, string, time } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';
import { fieldsOfReference, objectReference } from '../shared/references.ts';

export const eventSource = object(
  { component: string('Part that saw it.'), host: string('Node on which it was seen.') },
  'Who saw it.',
  coreName('EventSource'),
);

const body = object({
  involvedObject: required(objectReference),
  reason: string('What happened, in one CamelCase word.'),
  message: string('What happened, in words.'),
  source: eventSource,
  firstTimestamp: time('When it was first seen.'),
  lastTimestamp: time('When it was last seen.'),
  count: int32('How often it was seen.'),
  type: string('Normal or Warning.'),
  eventTime: time('When it was first seen, in microseconds.'),
  series: object(
    { count: int32('How often.'), lastObservedTime: time('When it was last seen.') },
    'Repetitions.',
    coreName('EventSeries'),
  ),
  action: string('What was done.'),
  related: objectReference,
  reportingComponent: string('Controller that says so.'),
  reportingInstance: string('Which instance of it.'),
});

/** An event in the core group: what most clients write and read. */
export type Event = KindOf<Static<typeof body>>;

function source({ source: from, reportingComponent }: Event): string {
  return [from?.component || reportingComponent, from?.host].filter(Boolean).join(', ');
}

/** Who writes in the newer form counts nothing of what was seen once. */
function timesSeen({ series, count }: Event): number {
  return series?.count ?? (count || 1);
}

function lastSeen(item: Event, now: number): string {
  const first = item.firstTimestamp ?? item.eventTime;
  const count = timesSeen(item);
  const last = item.series?.lastObservedTime ?? item.lastTimestamp ?? first;
  return count > 1 ? `${ageOf(last, now)} (x${count} over ${ageOf(first, now)})` : ageOf(last, now);
}

export const event = defineKind({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  description: 'Something that happened to an object.',
  body,
  columns: [
    textColumn('Last Seen', 'When it was last seen.', lastSeen),
    textColumn('Type', 'Normal or Warning.', (item: Event) => item.type ?? ''),
    textColumn('Reason', 'What happened.', (item: Event) => item.reason ?? ''),
    textColumn(
      'Object',
      'To what it happened.',
      ({ involvedObject: { kind, name } }: Event) => `${kind?.toLowerCase()}/${name}`,
    ),
    wide(textColumn('Subobject', 'Part of the object.', (item: Event) => item.involvedObject.fieldPath ?? '')),
    wide(textColumn('Source', 'Who saw it.', source)),
    textColumn('Message', 'What happened, in words.', (item: Event) => (item.message ?? '').trim()),
    wide(
      textColumn('First Seen', 'When it was first seen.', (item: Event, now) =>
        ageOf(item.firstTimestamp ?? item.eventTime, now),
      ),
    ),
    wide(countColumn('Count', 'How often it was seen.', timesSeen)),
    wide(textColumn('Name', 'Name of the event.', (item: Event) => item.metadata.name ?? '')),
  ],
  selectableFields: {
    ...fieldsOfReference('involvedObject', (item: Event) => item.involvedObject),
    reason: (item) => item.reason ?? '',
    reportingComponent: (item) => item.reportingComponent ?? '',
    source: (item) => item.source?.component || (item.reportingComponent ?? ''),
    type: (item) => item.type ?? '',
  },
});
