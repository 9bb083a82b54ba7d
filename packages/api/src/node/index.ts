/** The API on a port: TLS, HTTP/2 and HTTP/1.1, WebSockets and SPDY, around the pure `HttpApi`. */
export * from './api-server.ts';
