/**
 * Where a rehearsal comes from.
 *
 *   read-scenario   a file, checked by the API's own rules
 *   known-cloud     hosts, policies and machines of a live or saved cloud, made into what a plan is made of
 *   known-groups    its machines, those that are alike together
 */
export { type CloudObjects, knownCloudOf } from './known-cloud.ts';
export { readScenario } from './read-scenario.ts';
