/**
 * Why something was decided, kept with what was decided: compact records in an annotation, in the very write
 * that they explain.
 *
 *   decision-record    the forms of a record: a placement, or any other action
 *   explain-record     a record in sentences
 *   keep-record        adds one to those of an object, which are kept by count and age
 *   expand-records     a record as a Decision of the API, with all of it in sentences
 */
export * from './decision-record.ts';
export * from './expand-records.ts';
export * from './explain-record.ts';
export * from './keep-record.ts';
