import { createHash, createPrivateKey, type JsonWebKey } from 'node:crypto';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { createAuthenticator, createOperations, createTokenIssuer, HttpApi, type Operations } from '@godwit/api';
import { ApiServer } from '@godwit/api/node';
import { Failure, type World } from '@godwit/base';
import { builtInKinds, type MachineAccess, type UsageAccess, type ValueReader, type VolumeAccess } from '@godwit/kinds';
import type { Store } from '@godwit/store';
import { SqliteStore } from '@godwit/store/node';
import { openPki, type Pki } from '../pki/pki-folder.ts';
import { addressPlan, type StateFolder } from '../state-folder.ts';
import type { Listen } from '../verbs/up.ts';
import { BindingRule } from './binding-rule.ts';
import { decisions } from './decisions.ts';
import type { Metrics } from './metrics.ts';

/** Store, operations and HTTPS server of one process. */
export interface OpenDoor {
  readonly operations: Operations;
  readonly pki: Pki;
  readonly http: HttpApi;
  readonly store: Store;
  /** Serves the API on one more address. */
  serve(listen: Listen): Promise<ApiServer>;
  close(): Promise<void>;
}

export interface DoorOptions {
  readonly state: StateFolder;
  readonly listen: Listen;
  readonly world: World;
  readonly metrics: Metrics;
  /** The machines of a host, once its agent is there. */
  readonly machines: (node: string) => MachineAccess | undefined;
  /** The volumes of a host, likewise. */
  readonly volumes: (node: string) => VolumeAccess | undefined;
  /** What a host and its machines use, likewise. */
  readonly usage: (node: string) => UsageAccess | undefined;
  /** Metrics that are no use of resources. */
  readonly values: ValueReader;
  readonly isReady: () => boolean;
}

export async function openDoor(options: DoorOptions): Promise<OpenDoor> {
  const { state, world } = options;
  const [store, pki] = await Promise.all([
    SqliteStore.open({ path: state.store, clock: world.clock }),
    openPki(state.pki, serverNames(options), world.clock),
  ]);
  const tokens = await createTokenIssuer({ world, key: tokenKey(pki.serviceAccountKey), issuer: ISSUER });
  const rule = new BindingRule();
  const operations = await createOperations({
    world,
    store,
    kinds: builtInKinds,
    tokens,
    machines: options.machines,
    volumes: options.volumes,
    usage: options.usage,
    values: options.values,
    allocations: rule.allocations,
    derived: [decisions],
    rootCertificate: pki.authorityCertificate,
    breathe: () => setImmediate(),
  });
  rule.follow(operations, world);
  const http = new HttpApi({
    operations,
    authenticator: createAuthenticator({ world, tokens, holds: (claims) => operations.tokenHolds(claims) }),
    clock: world.clock,
    probes: {
      ready: { agent: () => mustBe(options.isReady(), 'the agent is not there yet') },
      metrics: () => options.metrics.text(),
      tokenKeys: tokens,
    },
    onAccess: options.metrics.onAccess,
  });
  const servers: ApiServer[] = [];
  return {
    operations,
    pki,
    http,
    store,
    serve: async (listen) => {
      const server = await listenOn(listen, http, pki, world);
      servers.push(server);
      return server;
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
      rule.close();
      await operations.close();
      await store.close();
    },
  };
}

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A private key as a JSON Web Key; its id is a hash of it, so that another key is never taken for it. */
function tokenKey(pem: string): JsonWebKey & { kid: string; alg: string; use: string } {
  const jwk = createPrivateKey(pem).export({ format: 'jwk' });
  const kid = createHash('sha256').update(`${jwk.x}.${jwk.y}`).digest('base64url').slice(0, 16);
  return { ...jwk, kid, alg: 'ES256', use: 'sig' };
}

function mustBe(condition: boolean, otherwise: string): void {
  if (!condition) throw new Failure('not-ready', otherwise);
}

/** All names and addresses by which clients may know the server. */
function serverNames({ state, listen }: DoorOptions) {
  const plan = addressPlan(state.instance);
  const services = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const isAddress = /^[\d.]+$|:/.test(listen.host);
  return {
    names: [...new Set(['localhost', hostname(), ...services, ...(isAddress ? [] : [listen.host])])],
    addresses: [
      ...new Set([
        '127.0.0.1',
        '::1',
        plan.apiServiceAddress,
        plan.uplinkHostAddress,
        ...(isAddress && listen.host !== '0.0.0.0' && listen.host !== '::' ? [listen.host] : []),
      ]),
    ],
  };
}

async function listenOn(listen: Listen, api: HttpApi, pki: Pki, world: World): Promise<ApiServer> {
  const tls = {
    key: pki.server.privateKey,
    certificate: pki.server.certificate,
    clientAuthorities: pki.authorityCertificate,
  };
  return await ApiServer.listen({ api, clock: world.clock, log: world.log, tls, ...listen });
}
