import type { Cause } from '../machinery/index.ts';
import { Faults, qualifiedNameFault } from '../validation/index.ts';
import type { EventsEvent } from './events-event.ts';

const WORD_LIMIT_BYTES = 128;
const NOTE_LIMIT_BYTES = 1024;

/** Fields of the older form that say something. Clients in Go send all of them, empty. */
function deprecatedFields(item: EventsEvent): readonly string[] {
  const { deprecatedSource: source, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount } = item;
  const said = {
    deprecatedSource: source?.component || source?.host,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
  };
  return Object.entries(said).flatMap(([field, value]) => (value ? [field] : []));
}

/**
 * What a new event in events.k8s.io must say, and the core form does not ask for
 * (Kubernetes: pkg/apis/core/validation/events.go).
 */
export function validateEventsEvent(item: EventsEvent): readonly Cause[] {
  const faults = new Faults();
  if (!item.eventTime) faults.required('eventTime');
  if (item.type !== 'Normal' && item.type !== 'Warning') faults.notSupported('type', item.type, ['Normal', 'Warning']);
  if (!item.reportingController) faults.required('reportingController');
  else faults.check('reportingController', item.reportingController, qualifiedNameFault);
  for (const field of ['reportingInstance', 'action', 'reason'] as const) {
    if (!item[field]) faults.required(field);
    else if (item[field].length > WORD_LIMIT_BYTES) faults.tooLong(field, WORD_LIMIT_BYTES);
  }
  if ((item.note ?? '').length > NOTE_LIMIT_BYTES) faults.tooLong('note', NOTE_LIMIT_BYTES);
  for (const field of deprecatedFields(item)) faults.forbidden(field, 'must not be set');
  return faults.causes;
}
