import { headersOf, textOf, valueAnswer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import type { HttpResponse } from '../http/http-message.ts';
import { textHash } from '../http/text-hash.ts';
import type { KindRegistry } from '../operations/kind-registry.ts';
import { aggregatedDiscovery } from './aggregated-discovery.ts';
import { type Group, groupsOf } from './groups.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './plain-discovery.ts';

/** The discovery documents, made anew only when the kinds have changed. */
export class DiscoveryDocuments {
  readonly #registry: KindRegistry;
  #generation = -1;
  #groups: readonly Group[] = [];

  constructor(registry: KindRegistry) {
    this.#registry = registry;
  }

  /** `/api`, `/apis`, a group or a group's version; undefined for what is not served. */
  answer(exchange: Exchange, path: string): HttpResponse | undefined {
    const [root, first, second] = path.replace(/\/+$/, '').slice(1).split('/');
    const { shape } = exchange.layout;
    if (first === undefined && shape.as === 'discovery') {
      const groups = this.groups().filter(({ name }) => (name === '') === (root === 'api'));
      return taggedAnswer(exchange, aggregatedDiscovery(groups, shape.version));
    }
    const document = root === 'api' ? this.#core(first) : this.#named(first, second);
    if (!document) return undefined;
    const layout = { ...exchange.layout, shape: { ...shape, contentType: plainType(shape.format) } };
    return valueAnswer(document, layout, exchange.warnings);
  }

  groups(): readonly Group[] {
    if (this.#generation !== this.#registry.generation) {
      this.#groups = groupsOf(this.#registry);
      this.#generation = this.#registry.generation;
    }
    return this.#groups;
  }

  paths(): string[] {
    const named = this.groups().filter(({ name }) => name !== '');
    return [
      '/api',
      '/api/v1',
      '/apis',
      ...named.flatMap(({ name, versions }) => [`/apis/${name}`, ...versions.map((v) => `/apis/${name}/${v.version}`)]),
    ];
  }

  #core(version: string | undefined): object | undefined {
    if (version === undefined) return apiVersions();
    const served = this.groups()[0]?.versions.find((candidate) => candidate.version === version);
    return served && apiResourceList(served);
  }

  #named(name: string | undefined, version: string | undefined): object | undefined {
    if (name === undefined) return apiGroupList(this.groups());
    const group = this.groups().find((candidate) => candidate.name === name && name !== '');
    if (!group) return undefined;
    if (version === undefined) return apiGroup(group);
    const served = group.versions.find((candidate) => candidate.version === version);
    return served && apiResourceList(served);
  }
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
