import type { User } from '../authorization/user.ts';

/** What a service account token is for. */
export interface TokenClaims {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** The token ends with this object. */
  readonly boundTo?: { readonly kind: 'Pod' | 'Secret' | 'Node'; readonly name: string; readonly uid: string };
}

export interface IssuedToken {
  readonly token: string;
  /** RFC 3339. */
  readonly expirationTimestamp: string;
}

/** Makes and checks service account tokens (JWT, RFC 7519, ES256). */
export interface TokenIssuer {
  issue(claims: TokenClaims): Promise<IssuedToken>;
  /** What a token says, when its signature, issuer, times and one of `audiences` are right; else undefined. */
  verify(token: string, audiences?: readonly string[]): Promise<VerifiedToken | undefined>;
  /** The issuer's own audience, taken where a request names none. */
  readonly defaultAudience: string;
  /** Public keys as a JSON Web Key Set, for `/openid/v1/jwks`. */
  readonly keys: object;
  /** The `iss` of its tokens, for `/.well-known/openid-configuration`. */
  readonly issuer: string;
}

export interface VerifiedToken {
  readonly user: User;
  readonly claims: TokenClaims;
  /** Those of the asked audiences that the token is for. */
  readonly audiences: readonly string[];
}
