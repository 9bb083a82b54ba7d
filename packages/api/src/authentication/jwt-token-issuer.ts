import type { World } from '@godwit/base';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { authenticatedGroup, serviceAccountUserName } from '../authorization/user.ts';
import type { IssuedToken, TokenClaims, TokenIssuer, VerifiedToken } from './token-issuer.ts';

/** ECDSA on P-256 with SHA-256 (RFC 7518). */
const ALGORITHM = 'ES256';

export interface TokenIssuerOptions {
  readonly world: World;
  /** Private key as a JSON Web Key (RFC 7517); `newTokenKey` makes one. */
  readonly key: JWK;
  /** URL that tokens name as their `iss`. */
  readonly issuer: string;
  /** Taken where a request names no audience. Defaults to the issuer. */
  readonly audience?: string;
}

/** A new private key for {@link createTokenIssuer}, to be kept secret. */
export async function newTokenKey(keyId: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: ALGORITHM, use: 'sig', kid: keyId };
}

/** Tokens in the form that Kubernetes gives them, so that tools which look inside find what they expect. */
export async function createTokenIssuer(options: TokenIssuerOptions): Promise<TokenIssuer> {
  const { world, key, issuer } = options;
  const { d: _secret, ...publicJwk } = key;
  const privateKey = await importJWK(key, ALGORITHM);
  const publicKey = await importJWK(publicJwk, ALGORITHM);
  const defaultAudience = options.audience ?? issuer;
  const header = { alg: ALGORITHM, ...(key.kid !== undefined && { kid: key.kid }) };
  return {
    issuer,
    defaultAudience,
    keys: { keys: [publicJwk] },
    issue: async (claims) => {
      const now = Math.floor(world.clock.now() / 1000);
      const payload = { ...payloadOf(claims), iss: issuer, iat: now, nbf: now, exp: now + claims.expirationSeconds };
      const token = await new SignJWT({ ...payload, jti: world.ids.uuid() })
        .setProtectedHeader(header)
        .sign(privateKey);
      return { token, expirationTimestamp: instant(payload.exp) } satisfies IssuedToken;
    },
    verify: async (token, audiences = [defaultAudience]) => {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          issuer,
          audience: [...audiences],
          algorithms: [ALGORITHM],
          currentDate: new Date(world.clock.now()),
        });
        return verified(payload, audiences);
      } catch {
        return undefined;
      }
    },
  };
}

function instant(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

interface PrivateClaims {
  readonly namespace?: string;
  readonly serviceaccount?: { readonly name?: string; readonly uid?: string };
  readonly pod?: { readonly name: string; readonly uid: string };
  readonly secret?: { readonly name: string; readonly uid: string };
  readonly node?: { readonly name: string; readonly uid: string };
}

function payloadOf({ namespace, serviceAccount, audiences, boundTo }: TokenClaims): JWTPayload {
  const bound = boundTo && { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } };
  return {
    sub: serviceAccountUserName(namespace, serviceAccount.name),
    aud: [...audiences],
    'kubernetes.io': { namespace, serviceaccount: serviceAccount, ...bound },
  };
}

function verified(payload: JWTPayload, audiences: readonly string[]): VerifiedToken | undefined {
  const { namespace, serviceaccount, pod, secret, node } = (payload['kubernetes.io'] ?? {}) as PrivateClaims;
  const { name, uid } = serviceaccount ?? {};
  if (!namespace || !name || !uid) return undefined;
  const found = [payload.aud ?? []].flat();
  const boundTo = pod
    ? ({ kind: 'Pod', ...pod } as const)
    : secret
      ? ({ kind: 'Secret', ...secret } as const)
      : node && ({ kind: 'Node', ...node } as const);
  return {
    audiences: audiences.filter((audience) => found.includes(audience)),
    user: {
      name: serviceAccountUserName(namespace, name),
      uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticatedGroup],
      extra: extraOf(payload.jti, pod),
    },
    claims: {
      namespace,
      serviceAccount: { name, uid },
      audiences: found,
      expirationSeconds: (payload.exp ?? 0) - (payload.iat ?? 0),
      ...(boundTo && { boundTo }),
    },
  };
}

function extraOf(id: string | undefined, pod: PrivateClaims['pod']): Record<string, readonly string[]> {
  const prefix = 'authentication.kubernetes.io';
  return {
    ...(id !== undefined && { [`${prefix}/credential-id`]: [`JTI=${id}`] }),
    ...(pod && { [`${prefix}/pod-name`]: [pod.name], [`${prefix}/pod-uid`]: [pod.uid] }),
  };
}
