import type { User } from '../authorization/user.ts';

/** What a request brings to prove who sent it. */
export interface Credentials {
  /** Subject of a client certificate that the TLS layer has verified: CN is the user, O are its groups. */
  readonly certificate?: { readonly commonName: string; readonly organizations: readonly string[] };
  /** Of an `Authorization: Bearer` header. */
  readonly bearerToken?: string;
}

export interface Authenticator {
  /** The certificate wins over the token; neither: anonymous. Throws `Unauthorized` for a wrong token. */
  authenticate(credentials: Credentials): Promise<User>;
}
