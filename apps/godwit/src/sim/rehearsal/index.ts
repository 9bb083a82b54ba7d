/**
 * The rehearsal: what would happen to a cloud, live, saved or described, in a scenario. The real operations,
 * controllers and agents' state machines on virtual time.
 *
 *   source/    scenario files and clouds that are there already
 *   plan/      the scenario in numbers
 *   cloud/     the cloud on virtual time
 *   measure/   what is recorded
 *   run/       one run under one policy
 *   ask/       questions about how things stand at the end
 *   report/    what was found, for people and programs
 */
export { type KnownCloud, makePlan, type Plan, placeNamed } from './plan/index.ts';
export { languageOf, makeReport, type Report, renderPage, renderText } from './report/index.ts';
export { type Progress, type Run, rehearse } from './run/index.ts';
export {
  type CloudObjects,
  knownCloudOf,
  readSaved,
  readScenario,
  type SavedCloud,
  savedCloudOf,
  takenKinds,
} from './source/index.ts';
