/** Shapes that clients ask for instead of whole objects: tables to print, and metadata alone. */
export * from './partial-metadata.ts';
export * from './table.ts';
export * from './table-columns.ts';
