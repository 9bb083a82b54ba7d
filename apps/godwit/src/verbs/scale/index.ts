/**
 * `godwit scale deployment/web --replicas 5`: sets a number of machines and says so beside it; with `--dry-run`,
 * where the new ones would go.
 *
 *   target     what `deployment/web` means, and how many machines it has
 *   ask-autoscaler  what the one who scales it would do now
 *   scale      the verb
 */
export { scale } from './scale.ts';
