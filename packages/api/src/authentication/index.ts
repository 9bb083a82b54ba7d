/**
 * Who somebody is: by client certificate (which TLS has verified) or by a service account token, which
 * `jwt-token-issuer` signs and checks.
 */
export * from './authenticator.ts';
export * from './create-authenticator.ts';
export * from './jwt-token-issuer.ts';
export * from './token-issuer.ts';
