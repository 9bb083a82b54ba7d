/**
 * Why something was decided, kept with what was decided: compact records in an annotation, in the very write
 * that they explain.
 *
 *   decision-record    what a record says: of a placement, or of any other action
 *   why-done           why something was done, as values; english: in words
 *   record-forms       what is read as a record, and what is left alone; form: how that is said
 *   explain-record     a record in sentences
 *   keep-record        adds one to those of an object, which are kept by count and age
 *   expand-records     a record as a Decision of the API, with all of it in sentences
 */
export {
  type Action,
  type ActionRecord,
  type DecisionRecord,
  isAction,
  type PlacementRecord,
  parseRecords,
} from './decision-record.ts';
export { scaledInEnglish, unknownInEnglish, whyInEnglish } from './english.ts';
export * from './expand-records.ts';
export { explainRecord } from './explain-record.ts';
export * from './keep-record.ts';
export type * from './why-done.ts';
