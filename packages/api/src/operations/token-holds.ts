import type { TokenClaims } from '../authentication/token-issuer.ts';
import type { Engine } from './engine.ts';

const plurals = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' } as const;

/** Whether the account of a token, and the object that it is bound to, are still those that it was made for. */
export async function tokenHolds(engine: Engine, claims: TokenClaims): Promise<boolean> {
  const { namespace, serviceAccount, boundTo } = claims;
  if (!(await exists(engine, 'serviceaccounts', namespace, serviceAccount))) return false;
  return !boundTo || exists(engine, plurals[boundTo.kind], boundTo.kind === 'Node' ? undefined : namespace, boundTo);
}

async function exists(
  engine: Engine,
  plural: string,
  namespace: string | undefined,
  { name, uid }: { readonly name: string; readonly uid: string },
): Promise<boolean> {
  const kind = engine.kinds.find('', 'v1', plural);
  if (!kind) return false;
  const document = await engine.stored(kind, namespace, name);
  return document?.object.metadata.uid === uid;
}
