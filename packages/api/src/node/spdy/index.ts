/**
 * The small part of SPDY/3.1 that Kubernetes clients still need: `kubectl port-forward` speaks it (since
 * 1.31 inside a WebSocket), and older ones fall back to it for exec, attach and cp.
 */
export * from './spdy-connection.ts';
export * from './spdy-stream.ts';
