/**
 * The upper floor of the door: paths, headers and encodings of the Kubernetes API become verbs on objects,
 * and documents become answers. Pure: it takes the description of a request and gives that of a response;
 * `node/` puts both on the wire.
 */
export * from './http-api.ts';
export * from './http-message.ts';
export * from './in-flight.ts';
export * from './server-paths.ts';
export * from './version.ts';
