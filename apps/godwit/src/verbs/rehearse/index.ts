/**
 * `godwit sim`: what would happen to a cloud that is there, that was saved, or that a scenario describes.
 *
 *   read-cloud   a live or saved cloud, and its saved form
 *   read-file    files of people, and what is wrong with them
 *   questions    short questions on the command line, in the words of a scenario
 *   rehearse     the verb
 */
export { type RehearseOptions, rehearseScenario } from './rehearse.ts';
