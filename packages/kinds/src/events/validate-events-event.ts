import type { Cause } from '../machinery/index.ts';
import { Faults, qualifiedNameFault } from '../validation/index.ts';
import type { EventsEvent } from './events-event.ts';

const WORD_LIMIT_BYTES = 128;
const NOTE_LIMIT_BYTES = 1024;

/** Fields of the older form: who writes an event in the newer one says the same otherwise. */
const deprecated = [
  'deprecatedSource',
  'deprecatedFirstTimestamp',
  'deprecatedLastTimestamp',
  'deprecatedCount',
] as const;

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
  for (const field of deprecated) {
    if (item[field] !== undefined) faults.forbidden(field, 'must not be set');
  }
  return faults.causes;
}
