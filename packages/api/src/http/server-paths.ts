import { type Clock, describeError } from '@godwit/base';
import { DiscoveryDocuments } from '../discovery/index.ts';
import { OpenapiDocuments } from '../openapi/index.ts';
import type { Operations } from '../operations/operations.ts';
import { headersOf, textAnswer, valueAnswer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { HttpResponse } from './http-message.ts';
import { machineGroup } from './machine-request.ts';
import type { ResourceRoute } from './resource-handler.ts';
import { kubernetesVersion } from './version.ts';

/** A named question about the server's state: resolves when all is well, rejects with what is wrong. */
export type Check = () => Promise<void> | void;

/** What the server tells of itself. */
export interface Probes {
  readonly live?: Readonly<Record<string, Check>>;
  readonly ready?: Readonly<Record<string, Check>>;
  /** Metrics in the Prometheus text format. */
  readonly metrics?: () => Promise<string>;
  /** `/openid/v1/jwks` and `/.well-known/openid-configuration`, for who verifies service account tokens. */
  readonly tokenKeys?: { readonly keys: object; readonly issuer: string };
}

/** Every path of the API that is no resource: discovery, OpenAPI, version, health, metrics. */
export class ServerPaths {
  readonly #discovery: DiscoveryDocuments;
  readonly #openapi: OpenapiDocuments;
  readonly #probes: Probes;

  constructor(operations: Operations, clock: Clock, probes: Probes) {
    this.#discovery = new DiscoveryDocuments(operations);
    this.#openapi = new OpenapiDocuments(operations.kinds, clock);
    this.#probes = probes;
  }

  /** KubeVirt keeps a few fixed paths where its group's resources stand. */
  machineGroupPath(exchange: Exchange, route: ResourceRoute): Promise<HttpResponse> | undefined {
    if (route.group !== machineGroup || route.name !== undefined) return undefined;
    if (route.plural === 'version') return Promise.resolve(this.#value(exchange, kubernetesVersion));
    if (route.plural === 'healthz')
      return Promise.resolve(this.#value(exchange, { apiserver: { connectivity: 'ok' } }));
    return undefined;
  }

  async answer(exchange: Exchange, path: string): Promise<HttpResponse | undefined> {
    const [first = '', second = ''] = path.slice(1).split('/');
    switch (first) {
      case '':
        return path === '/' ? this.#value(exchange, { paths: await this.#rootPaths() }) : undefined;
      case 'api':
      case 'apis':
        return this.#discovery.answer(exchange, path);
      case 'openapi':
        return this.#openapi.answer(exchange, path);
      case 'version':
        return this.#value(exchange, kubernetesVersion);
      case 'livez':
      case 'healthz':
        return health(exchange, first, second, this.#probes.live ?? {});
      case 'readyz':
        return health(exchange, first, second, { ...this.#probes.live, ...this.#probes.ready });
      case 'metrics':
        return this.#probes.metrics
          ? textAnswer(200, await this.#probes.metrics(), 'text/plain; version=0.0.4; charset=utf-8')
          : undefined;
      default:
        return this.#tokenPath(exchange, path);
    }
  }

  #tokenPath(exchange: Exchange, path: string): HttpResponse | undefined {
    const tokens = this.#probes.tokenKeys;
    if (!tokens) return undefined;
    if (path === '/openid/v1/jwks') return this.#value(exchange, tokens.keys);
    if (path !== '/.well-known/openid-configuration') return undefined;
    return this.#value(exchange, {
      issuer: tokens.issuer,
      jwks_uri: `${tokens.issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
  }

  async #rootPaths(): Promise<string[]> {
    return [
      ...(await this.#discovery.paths()),
      '/healthz',
      '/livez',
      '/metrics',
      '/openapi/v2',
      '/openapi/v3',
      '/readyz',
      '/version',
    ];
  }

  #value(exchange: Exchange, value: unknown): HttpResponse {
    return valueAnswer(value, exchange.layout, exchange.warnings);
  }
}

/** `/readyz` says ok or lists what is wrong; `?verbose` lists all; `/readyz/<check>` asks one; `?exclude=` skips. */
async function health(
  exchange: Exchange,
  path: string,
  only: string,
  checks: Readonly<Record<string, Check>>,
): Promise<HttpResponse | undefined> {
  const all: Readonly<Record<string, Check>> = { ping: () => {}, ...checks };
  if (only !== '' && !(only in all)) return undefined;
  const excluded = new Set(exchange.query.all('exclude'));
  const lines: string[] = [];
  let failed = false;
  for (const [name, check] of Object.entries(all)) {
    if ((only !== '' && name !== only) || excluded.has(name)) continue;
    try {
      await check();
      lines.push(`[+]${name} ok`);
    } catch (error) {
      failed = true;
      lines.push(`[-]${name} failed: ${describeError(error)}`);
    }
  }
  if (failed) return textAnswer(500, `${lines.join('\n')}\n${path} check failed\n`);
  if (!exchange.query.flag('verbose')) return { status: 200, headers: headersOf('text/plain', undefined), body: 'ok' };
  return textAnswer(200, `${lines.join('\n')}\n${path} check passed\n`);
}
