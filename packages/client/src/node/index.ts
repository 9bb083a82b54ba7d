/**
 * The way in over the network.
 *
 *   http-door     the verbs of a `Door` as requests
 *   door-path     addresses and options as paths and queries
 *   http-session  one HTTP/2 connection over TLS: made anew when it breaks, pinged so that breaks are noticed
 *   stream-body   what one stream of it brings
 *   json-lines    a stream of JSON values, one a line
 *   kubeconfig    where the API is and who we are, as kubectl keeps it
 */
export { pathOf } from './door-path.ts';
export * from './http-door.ts';
export type { HttpAccess } from './http-session.ts';
export * from './kubeconfig.ts';
