/**
 * What becomes of a node that is not heard of, and of the machines on it.
 *
 *   heartbeats   when a node was last heard of: by its Lease
 *   judge        pure: what the Node should say
 *   evictions    pure: which machines must go from a tainted node, and when
 *
 *   heard of ──lease runs out──► Ready=Unknown, tainted `unreachable` ──heard again──► taint removed
 *   machines on it are told to go when they do not tolerate that any longer; they end when their host says so, or
 *   when the node is tainted `out-of-service`, or its Node removed: somebody has made sure that nothing runs there. So
 *   nothing runs twice.
 */
export * from './node-lifecycle-controller.ts';
