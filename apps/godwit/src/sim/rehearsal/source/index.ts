/**
 * Where a rehearsal comes from.
 *
 *   read-scenario   a file, checked by the API's own rules
 *   known-cloud     a live or saved cloud as it is, made into what a plan is made of
 *   known-kinds     what is read of it
 *   bare/           objects without what runs inside machines, and without secrets
 *   saved           a cloud as a file that can be given away
 *   complete        what objects speak of and is not among them
 *   known-groups    machines that are alike; owners, scaled: who makes them, and how many
 */
export { type CloudObjects, knownCloudOf } from './known-cloud.ts';
export { takenKinds } from './known-kinds.ts';
export { readScenario } from './read-scenario.ts';
export { readSaved, type SavedCloud, savedCloudOf } from './saved.ts';
