import { whole } from './figures.ts';
import type { ReportEvent } from './report.ts';

type Event = ReportEvent['event'];

const placeOf = (place: NonNullable<Event['lose']>): string => place.host ?? place.rack ?? place.zone ?? '';

/** An event in a few words, for a plot. */
export function eventEnglish({ lose, maintain, add, remove, blind, powerCapWatts }: Event): string {
  if (lose) return `${placeOf(lose)} lost`;
  if (maintain) return `${placeOf(maintain)} maintained`;
  if (add) return `+${whole(add.count)} ${add.machines}`;
  if (remove) return `−${whole(remove.count)} ${remove.machines}`;
  if (blind) return `${blind.machines} not measured`;
  return `cap ${whole(powerCapWatts ?? 0)} W`;
}

export function eventChinese({ lose, maintain, add, remove, blind, powerCapWatts }: Event): string {
  if (lose) return `失去 ${placeOf(lose)}`;
  if (maintain) return `维护 ${placeOf(maintain)}`;
  if (add) return `增加 ${whole(add.count)} 台 ${add.machines}`;
  if (remove) return `减少 ${whole(remove.count)} 台 ${remove.machines}`;
  if (blind) return `${blind.machines} 无测量`;
  return `功率上限 ${whole(powerCapWatts ?? 0)} W`;
}
