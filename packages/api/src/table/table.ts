import type { KindDefinition, KubeObject } from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import { chunksOf, type ListMeta } from '../http/list-body.ts';
import type { ListLayout } from '../http/list-layout.ts';
import { eventLine } from '../http/watch-body.ts';
import type { DocumentEvent } from '../operations/operations.ts';
import { metadataOnly } from './partial-metadata.ts';
import { cellsOf, columnDefinitions, columnsOf } from './table-columns.ts';

/** How much of each object comes with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableForm {
  readonly kind: KindDefinition;
  /** Version of `meta.k8s.io` that the client asked for. */
  readonly version: string;
  readonly include: IncludeObject;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A Table of these documents, in pieces. */
export function tableChunks(
  layout: ListLayout,
  form: TableForm,
  documents: readonly Document[],
  metadata: ListMeta,
): Generator<string> {
  const columns = columnsOf(form.kind);
  const fields = {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${form.version}`,
    metadata,
    columnDefinitions: columnDefinitions(columns),
  };
  return chunksOf(layout, layout.head(fields, 'rows', documents.length), documents, (document) =>
    rowText(form, document),
  );
}

function rowText(form: TableForm, document: Document): string {
  const { object } = document;
  const cells = JSON.stringify(cellsOf(columnsOf(form.kind), object, form.now()));
  if (form.include === 'None') return `{"cells":${cells}}`;
  const whole = form.include === 'Object' ? document.json : JSON.stringify(metadataOnly(object, form.version));
  return `{"cells":${cells},"object":${whole}}`;
}

/** The line of a watch event whose object is a Table of one row; column definitions come with the first. */
export function tableLine(form: TableForm, event: DocumentEvent, first: boolean): Uint8Array {
  const memoKey = `table ${form.version} ${form.include} ${first}`;
  return event.memo(memoKey, () => {
    const bookmark = event.type === 'BOOKMARK';
    const { metadata } = event.document.object as KubeObject;
    const meta = bookmark ? metadata : { resourceVersion: metadata.resourceVersion };
    const definitions = first ? JSON.stringify(columnDefinitions(columnsOf(form.kind))) : 'null';
    const table =
      `{"kind":"Table","apiVersion":"meta.k8s.io/${form.version}","metadata":${JSON.stringify(meta)},` +
      `"columnDefinitions":${definitions},"rows":[${bookmark ? '' : rowText(form, event.document)}]}`;
    return eventLine(event.type, table);
  });
}
