/**
 * Kubernetes' protobuf encoding, as far as a server must have it: kubectl from 1.32 on writes with it when
 * it makes namespaces, roles, deployments and the like by its generators, and does not try again in JSON.
 * Bodies are read; answers are JSON, which every client takes. Only OpenAPI v2 is written, too.
 */
export * from './read-protobuf.ts';
export * from './wire-writer.ts';
