/**
 * How hosts are looked at for a machine.
 *
 *   question     all that is asked of a host, prepared once for a machine
 *   scan         asks all of them: what everything else has to come to
 *   named-rows   the few that a machine itself names, where it does
 *   ranking      remembers what all answer to a question that comes again; tournament: who is best
 *   shelves      sorts them by the room that they have, for questions of machines that are alike but for their size
 *   rankings     chooses among these, within bounds
 */
export { POINTS, prepareAllTests, type Question, questionOf } from './question.ts';
export { rankingsOf } from './rankings.ts';
export { scan } from './scan.ts';
export { merged, type Survey } from './survey.ts';
