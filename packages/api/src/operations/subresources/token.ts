import { anyKind, type KubeObject, StatusFailure, type TokenRequest, tokenRequest } from '@godwit/kinds';
import type { TokenClaims } from '../../authentication/token-issuer.ts';
import { Document } from '../../documents/document.ts';
import { invalid, notFound } from '../../validation/index.ts';
import type { Engine } from '../engine.ts';
import { readObject } from '../read-object.ts';
import type { Subresource } from './subresource.ts';

const kindOfRequest = anyKind(tokenRequest);

/** Limits of Kubernetes: ten minutes to two to the power of 32 seconds; an hour when nothing is said. */
const SHORTEST_SECONDS = 600;
const LONGEST_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 3600;

/** `serviceaccounts/token`: a signed token for an account, bound to an object if asked. */
export const tokenSubresource: Subresource = {
  async create(engine, caller, address, object, options) {
    engine.authorizeAddress(caller, 'create', address);
    const { name = '', namespace = '' } = address;
    const issuer = engine.options.tokens;
    if (!issuer) throw new StatusFailure('NotFound', 'the server could not find the requested resource');
    const account = (await engine.existing(engine.kinds.at(address), namespace, name)).object;
    const at = { ...address, group: 'authentication.k8s.io', version: 'v1', plural: 'tokenrequests', name };
    const sent = object as Partial<TokenRequest> | undefined;
    const request = readObject(caller, kindOfRequest, at, withAudiences(sent), options) as unknown as TokenRequest;
    const { audiences, expirationSeconds = DEFAULT_SECONDS, boundObjectRef } = request.spec;
    if (expirationSeconds < SHORTEST_SECONDS || expirationSeconds > LONGEST_SECONDS) {
      const message = `Invalid value: ${expirationSeconds}: may not specify a duration less than 10 minutes or more than 2^32 seconds`;
      throw invalid(kindOfRequest, name, [{ reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', message }]);
    }
    const boundTo = boundObjectRef && (await boundObject(engine, namespace, name, boundObjectRef));
    const claims: TokenClaims = {
      namespace,
      serviceAccount: { name, uid: account.metadata.uid },
      audiences: audiences.length > 0 ? audiences : [issuer.defaultAudience],
      expirationSeconds,
      ...(boundTo && { boundTo }),
    };
    const status = await issuer.issue(claims);
    const spec = { ...request.spec, audiences: claims.audiences, expirationSeconds };
    return { document: Document.answer({ ...request, spec, status }), created: true };
  },
};

function withAudiences(sent: Partial<TokenRequest> | undefined): unknown {
  return { ...sent, spec: { ...sent?.spec, audiences: sent?.spec?.audiences ?? [] } };
}

type BoundReference = NonNullable<TokenRequest['spec']['boundObjectRef']>;

async function boundObject(
  engine: Engine,
  namespace: string,
  account: string,
  reference: BoundReference,
): Promise<TokenClaims['boundTo']> {
  const plurals: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };
  const plural = plurals[reference.kind ?? ''];
  const kind = plural ? engine.kinds.find('', 'v1', plural) : undefined;
  if (!kind)
    throw new StatusFailure('BadRequest', `cannot bind token for serviceaccount to object of type ${reference.kind}`);
  const name = reference.name ?? '';
  const found = await engine.stored(kind, kind.namespaced ? namespace : undefined, name);
  if (!found) throw notFound(kind, name);
  const object: KubeObject & { spec?: { serviceAccountName?: string } } = found.object;
  const uid = found.object.metadata.uid;
  if (reference.uid && reference.uid !== uid) {
    throw new StatusFailure(
      'Conflict',
      `the UID in the bound object reference (${reference.uid}) does not match the UID in record (${uid})`,
    );
  }
  if (plural === 'pods' && object.spec?.serviceAccountName !== account) {
    throw new StatusFailure(
      'BadRequest',
      `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`,
    );
  }
  return { kind: reference.kind as 'Pod' | 'Secret' | 'Node', name, uid };
}
