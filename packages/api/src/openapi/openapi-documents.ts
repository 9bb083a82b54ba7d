import type { Clock } from '@godwit/base';
import { StatusFailure } from '@godwit/kinds';
import { groupsOf, groupVersionText } from '../discovery/groups.ts';
import type { Exchange } from '../http/exchange.ts';
import type { HttpResponse } from '../http/http-message.ts';
import { parseAccept } from '../http/media-type.ts';
import { textHash } from '../http/text-hash.ts';
import type { KindRegistry } from '../operations/kind-registry.ts';
import { openapiV2 } from './openapi-v2.ts';
import { openapiProtobufTypes, openapiV2Protobuf } from './openapi-v2-protobuf.ts';
import { openapiV3 } from './openapi-v3.ts';

interface Page {
  readonly content: string | Uint8Array;
  readonly hash: string;
}

/**
 * The OpenAPI documents, made from the kinds when they are first asked for and again when those have
 * changed. They are large, so each is made in a turn of its own: nobody waits for all of them.
 */
export class OpenapiDocuments {
  readonly #registry: KindRegistry;
  readonly #clock: Clock;
  readonly #pages = new Map<string, Page>();
  #generation = -1;

  constructor(registry: KindRegistry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  async answer(exchange: Exchange, path: string): Promise<HttpResponse | undefined> {
    this.#forgetOld();
    if (path === '/openapi/v2') return this.#swagger(exchange);
    if (path === '/openapi/v3' || path === '/openapi/v3/') return answer(exchange, await this.#index());
    if (!path.startsWith('/openapi/v3/')) return undefined;
    const page = this.#page(path.slice('/openapi/v3/'.length));
    return page && answer(exchange, page);
  }

  #forgetOld(): void {
    if (this.#generation === this.#registry.generation) return;
    this.#pages.clear();
    this.#generation = this.#registry.generation;
  }

  #swagger(exchange: Exchange): HttpResponse {
    const ranges = parseAccept(exchange.request.header('accept') ?? '*/*');
    const types = ['application/json', '*/*', 'application/*', ...openapiProtobufTypes];
    const best = ranges.find((range) => types.includes(range.type));
    if (!best) {
      const known = `application/json, ${openapiProtobufTypes[0]}`;
      throw new StatusFailure('NotAcceptable', `only the following media types are accepted: ${known}`);
    }
    if (!openapiProtobufTypes.includes(best.type)) return answer(exchange, this.#v2());
    return answer(exchange, this.#v2Protobuf(), openapiProtobufTypes[0]);
  }

  #v2(): Page {
    const page = this.#pages.get('v2') ?? pageOf(openapiV2(this.#registry.all));
    this.#pages.set('v2', page);
    return page;
  }

  #v2Protobuf(): Page {
    const known = this.#pages.get('v2-protobuf');
    if (known) return known;
    const { content, hash } = this.#v2();
    const page = { content: openapiV2Protobuf(JSON.parse(content as string)), hash: `${hash}-protobuf` };
    this.#pages.set('v2-protobuf', page);
    return page;
  }

  /** Which documents there are, each with its hash, so that clients may keep them for good. */
  async #index(): Promise<Page> {
    const known = this.#pages.get('index');
    if (known) return known;
    const generation = this.#generation;
    const paths: Record<string, { serverRelativeURL: string }> = {};
    for (const { name, versions } of groupsOf(this.#registry)) {
      for (const { version } of versions) {
        const path = `${name === '' ? 'api' : 'apis'}/${groupVersionText(name, version)}`;
        const page = this.#page(path);
        if (page) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${page.hash}` };
        await this.#clock.sleep(0);
      }
    }
    const index = pageOf({ paths });
    if (generation === this.#registry.generation) this.#pages.set('index', index);
    return index;
  }

  /** @param path `api/v1` or `apis/<group>/<version>` */
  #page(path: string): Page | undefined {
    const known = this.#pages.get(path);
    if (known) return known;
    const [root, ...words] = path.split('/');
    const [group = '', version = ''] = root === 'api' ? ['', words[0]] : words;
    const kinds = this.#registry.all.filter((kind) => kind.group === group && kind.version === version);
    if (kinds.length === 0) return undefined;
    const page = pageOf(openapiV3(kinds));
    this.#pages.set(path, page);
    return page;
  }
}

function pageOf(document: object): Page {
  const text = JSON.stringify(document);
  return { content: text, hash: textHash(text) };
}

function answer(exchange: Exchange, page: Page, type = 'application/json'): HttpResponse {
  const etag = `"${page.hash}"`;
  const forGood = exchange.query.get('hash') === page.hash;
  const headers = {
    'content-type': type,
    'cache-control': forGood ? 'public, immutable, max-age=31536000' : 'no-cache, private',
    etag,
    vary: 'Accept',
  };
  if (exchange.request.header('if-none-match') === etag) return { status: 304, headers };
  return { status: 200, headers, body: page.content, compressible: true };
}
