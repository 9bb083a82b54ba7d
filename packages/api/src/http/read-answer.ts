import type { Address, KindDefinition } from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import type { DocumentList, Operations } from '../operations/operations.ts';
import { metadataChunks, metadataLine, metadataOnly } from '../table/partial-metadata.ts';
import { type IncludeObject, type TableForm, tableChunks, tableLine } from '../table/table.ts';
import { documentAnswer, headersOf, valueAnswer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { HttpResponse } from './http-message.ts';
import { listChunks, listMeta } from './list-body.ts';
import { listLayout } from './list-layout.ts';
import { watchOptions } from './options.ts';
import { type EventLine, plainLine, watchLines } from './watch-body.ts';

/** A request to read, and the clock that ages are counted by (milliseconds since the epoch). */
export interface ReadForm {
  readonly exchange: Exchange;
  readonly now: () => number;
}

/** Packing pays from here on; below it costs more time than it saves. Characters. */
const WORTH_PACKING = 128 * 1024;

/** Answers one object in the shape that was asked for. */
export function objectAnswer(
  form: ReadForm,
  address: Address,
  document: Document,
  operations: Pick<Operations, 'kinds'>,
): HttpResponse {
  const { layout, warnings } = form.exchange;
  if (layout.shape.as === 'metadata') {
    return valueAnswer(metadataOnly(document.object, layout.shape.version), layout, warnings);
  }
  const kind = operations.kinds.find(address.group, address.version, address.plural);
  if (layout.shape.as !== 'table' || !kind || (address.subresource ?? 'status') !== 'status') {
    return documentAnswer(document, layout, warnings);
  }
  const meta = { resourceVersion: document.object.metadata.resourceVersion };
  return piecesAnswer(form.exchange, tableChunks(listLayout(layout), tableForm(form, kind), [document], meta));
}

/** Answers a list in the shape that was asked for. */
export function collectionAnswer(form: ReadForm, list: DocumentList): HttpResponse {
  const { exchange } = form;
  const { shape } = exchange.layout;
  const layout = listLayout(exchange.layout);
  const meta = listMeta(list);
  const { documents, kind } = list;
  if (shape.as === 'table') return piecesAnswer(exchange, tableChunks(layout, tableForm(form, kind), documents, meta));
  if (shape.as === 'metadata') return piecesAnswer(exchange, metadataChunks(layout, shape.version, documents, meta));
  return piecesAnswer(exchange, listChunks(layout, list));
}

/** What fits into one piece is sent whole; the rest goes out as it is made. */
function piecesAnswer(exchange: Exchange, pieces: Iterable<string>): HttpResponse {
  const headers = headersOf(exchange.layout.shape.contentType, exchange.warnings);
  const iterator = pieces[Symbol.iterator]();
  const first = iterator.next();
  const second = first.done ? first : iterator.next();
  if (first.done) return { status: 200, headers, body: '' };
  if (second.done) return { status: 200, headers, body: first.value, compressible: first.value.length > WORTH_PACKING };
  return { status: 200, headers, stream: resumed(first.value, second.value, iterator), compressible: true };
}

function* resumed(first: string, second: string, rest: Iterator<string>): Generator<string> {
  yield first;
  yield second;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

/** Begins a watch. A watch of one object is a watch of the collection, reduced to its name. */
export async function watchAnswer(form: ReadForm, operations: Operations, address: Address): Promise<HttpResponse> {
  const { exchange } = form;
  const { name, ...collection } = address;
  const asked = watchOptions(exchange.query);
  const byName = name === undefined ? undefined : `metadata.name=${name}`;
  const fieldSelector = [asked.fieldSelector, byName].filter(Boolean).join(',');
  const options = fieldSelector === '' ? asked : { ...asked, fieldSelector };
  const watch = await operations.watch(exchange, collection, options, exchange.request.signal);
  const headers = headersOf(exchange.layout.shape.contentType, exchange.warnings);
  return { status: 200, headers, stream: watchLines(watch, lineOf(form, watch.kind)) };
}

function lineOf(form: ReadForm, kind: KindDefinition): EventLine {
  const { shape } = form.exchange.layout;
  if (shape.as === 'metadata') return (event) => metadataLine(shape.version, event);
  if (shape.as !== 'table') return plainLine;
  const table = tableForm(form, kind);
  return (event, first) => tableLine(table, event, first);
}

function tableForm({ exchange, now }: ReadForm, kind: KindDefinition): TableForm {
  const asked = exchange.query.get('includeObject');
  const include: IncludeObject = asked === 'None' || asked === 'Object' ? asked : 'Metadata';
  return { kind, version: exchange.layout.shape.version, include, now };
}
