/**
 * `godwit place -f x.yaml`: makes what a manifest asks for and says where its machines went and why; with
 * `--dry-run`, where they would go as things stand.
 *
 *   manifest     the objects of a file, and the machines that they come to
 *   place        the verb
 */
export { place } from './place.ts';
