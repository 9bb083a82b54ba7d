import { headersOf, textOf, valueAnswer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import type { HttpResponse } from '../http/http-message.ts';
import { textHash } from '../http/text-hash.ts';
import type { Operations } from '../operations/operations.ts';
import { aggregatedDiscovery } from './aggregated-discovery.ts';
import { type Group, groupsOf } from './groups.ts';
import { metricGroups } from './metric-groups.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './plain-discovery.ts';

/** The discovery documents. Groups of kinds are made anew only when the kinds have changed. */
export class DiscoveryDocuments {
  readonly #operations: Pick<Operations, 'kinds' | 'metricNames'>;
  #generation = -1;
  #ofKinds: readonly Group[] = [];

  constructor(operations: Pick<Operations, 'kinds' | 'metricNames'>) {
    this.#operations = operations;
  }

  /** `/api`, `/apis`, a group or a group's version; undefined for what is not served. */
  async answer(exchange: Exchange, path: string): Promise<HttpResponse | undefined> {
    const [root, first, second] = path.replace(/\/+$/, '').slice(1).split('/');
    const { shape } = exchange.layout;
    if (first === undefined && shape.as === 'discovery') {
      const groups = (await this.#groups()).filter(({ name }) => (name === '') === (root === 'api'));
      return taggedAnswer(exchange, aggregatedDiscovery(groups, shape.version));
    }
    const groups = await this.#groups();
    const document = root === 'api' ? core(groups, first) : named(groups, first, second);
    if (!document) return undefined;
    const layout = { ...exchange.layout, shape: { ...shape, contentType: plainType(shape.format) } };
    return valueAnswer(document, layout, exchange.warnings);
  }

  /** What metrics there are is said by objects, and changes as they do. */
  async #groups(): Promise<readonly Group[]> {
    const { kinds } = this.#operations;
    if (this.#generation !== kinds.generation) {
      this.#ofKinds = groupsOf(kinds);
      this.#generation = kinds.generation;
    }
    const names = await this.#operations.metricNames();
    return names ? [...this.#ofKinds, ...metricGroups(names)] : this.#ofKinds;
  }

  async paths(): Promise<string[]> {
    const groups = (await this.#groups()).filter(({ name }) => name !== '');
    return [
      '/api',
      '/api/v1',
      '/apis',
      ...groups.flatMap(({ name, versions }) => [
        `/apis/${name}`,
        ...versions.map((v) => `/apis/${name}/${v.version}`),
      ]),
    ];
  }
}

function core(groups: readonly Group[], version: string | undefined): object | undefined {
  if (version === undefined) return apiVersions();
  const served = groups[0]?.versions.find((candidate) => candidate.version === version);
  return served && apiResourceList(served);
}

function named(groups: readonly Group[], name: string | undefined, version: string | undefined): object | undefined {
  if (name === undefined) return apiGroupList(groups);
  const group = groups.find((candidate) => candidate.name === name && name !== '');
  if (!group) return undefined;
  if (version === undefined) return apiGroup(group);
  const served = group.versions.find((candidate) => candidate.version === version);
  return served && apiResourceList(served);
}

function plainType(format: 'json' | 'yaml'): string {
  return format === 'yaml' ? 'application/yaml' : 'application/json';
}

/** Clients keep the aggregated document and ask whether it is still good. */
function taggedAnswer(exchange: Exchange, document: object): HttpResponse {
  const body = textOf(document, exchange.layout);
  const etag = `"${textHash(body)}"`;
  const headers = {
    ...headersOf(exchange.layout.shape.contentType, exchange.warnings),
    'cache-control': 'public',
    etag,
    vary: 'Accept',
  };
  if (exchange.request.header('if-none-match') === etag) return { status: 304, headers };
  return { status: 200, headers, body, compressible: true };
}
