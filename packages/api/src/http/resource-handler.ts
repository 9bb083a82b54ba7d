import { type Address, type Patch, StatusFailure } from '@godwit/kinds';
import { duplicateFields } from '../documents/duplicate-fields.ts';
import { isMetricGroup } from '../operations/metric-values/index.ts';
import type { DocumentWriteOptions, Operations } from '../operations/operations.ts';
import { readProtobuf } from '../protobuf/index.ts';
import { documentAnswer, headersOf, valueAnswer } from './answer.ts';
import { parseBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { type MachineRequest, machineGroup, machineRequest } from './machine-request.ts';
import { bodyFormat, essence, patchTypes } from './media-type.ts';
import { deleteOptions, listOptions, writeOptions } from './options.ts';
import type { Route } from './path.ts';
import { collectionAnswer, objectAnswer, watchAnswer } from './read-answer.ts';

export type ResourceRoute = Extract<Route, { type: 'resource' }>;

/** Kubernetes' own limit: objects are at most half as large. */
export const DEFAULT_BODY_LIMIT = 3 * 1024 * 1024;

export interface ResourceHandlerOptions {
  readonly operations: Operations;
  readonly now: () => number;
  readonly bodyLimitBytes: number;
}

/** Requests for resources: HTTP method and path become a verb on an address. */
export class ResourceHandler {
  readonly #operations: Operations;
  readonly #now: () => number;
  readonly #bodyLimitBytes: number;

  constructor(options: ResourceHandlerOptions) {
    this.#operations = options.operations;
    this.#now = options.now;
    this.#bodyLimitBytes = options.bodyLimitBytes;
  }

  handle(exchange: Exchange, route: ResourceRoute): Promise<HttpResponse> {
    const address = addressOf(route);
    if (route.subresource === 'upload') return this.#upload(exchange, address);
    if (isMetricGroup(route.group)) return this.#metricValues(exchange, route);
    const wanted = machineRequest(this.#operations, exchange, route);
    if (wanted) return this.#machine(exchange, wanted, address);
    switch (exchange.request.method) {
      case 'GET':
      case 'HEAD':
        return this.#read(exchange, address);
      case 'POST':
        return this.#create(exchange, address);
      case 'PUT':
        return this.#update(exchange, address);
      case 'PATCH':
        return this.#patch(exchange, address);
      case 'DELETE':
        return this.#delete(exchange, address);
      default:
        throw methodNotAllowed();
    }
  }

  async #machine(exchange: Exchange, plan: MachineRequest, address: Address): Promise<HttpResponse> {
    if (plan.type === 'upgrade') throw new StatusFailure('BadRequest', 'Upgrade request required');
    if (plan.type === 'order') {
      const body = plan.verb === 'update' ? (await this.#body(exchange, true)).value : undefined;
      const answer = await this.#operations.act(exchange, address, plan.verb, body);
      if (answer === undefined) return { status: 202, headers: headersOf('application/json', exchange.warnings) };
      return valueAnswer(answer, exchange.layout, exchange.warnings);
    }
    const { request } = exchange;
    const stream = await this.#operations.stream(exchange, address, 'get', plan.request, request.signal);
    const headers = { 'content-type': plan.contentType, 'cache-control': 'no-cache, private' };
    return { status: 200, headers, stream: stream.main.incoming };
  }

  async #metricValues(exchange: Exchange, route: ResourceRoute): Promise<HttpResponse> {
    const { request, query } = exchange;
    if ((request.method !== 'GET' && request.method !== 'HEAD') || query.flag('watch')) throw methodNotAllowed();
    const selectors = {
      labelSelector: query.get('labelSelector'),
      metricLabelSelector: query.get('metricLabelSelector'),
    };
    const values = await this.#operations.metricValues(exchange, addressOf(route), selectors, request.signal);
    return valueAnswer(values, exchange.layout, exchange.warnings);
  }

  /** The body is no object, and may be of any length: it goes on to the host as it comes. */
  async #upload(exchange: Exchange, address: Address): Promise<HttpResponse> {
    const { request } = exchange;
    if (request.method !== 'PUT' && request.method !== 'POST') throw methodNotAllowed();
    const bytes = request.stream?.();
    if (!bytes) throw new StatusFailure('BadRequest', 'there is nothing to upload');
    const document = await this.#operations.upload(exchange, address, bytes, request.signal);
    return documentAnswer(document, exchange.layout, exchange.warnings);
  }

  async #read(exchange: Exchange, address: Address): Promise<HttpResponse> {
    const form = { exchange, now: this.#now };
    if (exchange.query.flag('watch')) return watchAnswer(form, this.#operations, address);
    if (address.name !== undefined) {
      return objectAnswer(form, address, await this.#operations.get(exchange, address), this.#operations);
    }
    const list = await this.#operations.list(exchange, address, listOptions(exchange.query));
    return collectionAnswer(form, list);
  }

  async #create(exchange: Exchange, address: Address): Promise<HttpResponse> {
    if (address.name !== undefined && address.subresource === undefined) throw methodNotAllowed();
    const { value, options } = await this.#written(exchange);
    const written = await this.#operations.create(exchange, address, value, options);
    return documentAnswer(written.document, exchange.layout, exchange.warnings, 201);
  }

  async #update(exchange: Exchange, address: Address): Promise<HttpResponse> {
    if (address.name === undefined) throw methodNotAllowed();
    const { value, options } = await this.#written(exchange);
    const written = await this.#operations.update(exchange, address, value, options);
    return documentAnswer(written.document, exchange.layout, exchange.warnings, written.created ? 201 : 200);
  }

  async #patch(exchange: Exchange, address: Address): Promise<HttpResponse> {
    if (address.name === undefined) throw methodNotAllowed();
    const { request, query } = exchange;
    const mediaType = essence(request.header('content-type'));
    const type = patchTypes[mediaType];
    if (!type) {
      throw new StatusFailure(
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: ${Object.keys(patchTypes).join(', ')}`,
      );
    }
    refusePacked(request);
    const text = await request.text(this.#bodyLimitBytes);
    const options = writeOptions(query);
    if (type === 'apply' && options.fieldManager === undefined) {
      throw new StatusFailure('Invalid', 'fieldManager: Required value: is required for apply patch', {
        causes: [{ reason: 'FieldValueRequired', field: 'fieldManager', message: 'is required for apply patch' }],
      });
    }
    const json = type !== 'apply' || text.trimStart().startsWith('{');
    const body = parseBody(text, json ? 'json' : 'yaml');
    const patch = { type, body, ...(query.flag('force') && { force: true }) } as Patch;
    const withDuplicates = json && type !== 'json' ? noticed(text, options) : options;
    const written = await this.#operations.patch(exchange, address, patch, withDuplicates);
    return documentAnswer(written.document, exchange.layout, exchange.warnings, written.created ? 201 : 200);
  }

  async #delete(exchange: Exchange, address: Address): Promise<HttpResponse> {
    const { value } = await this.#body(exchange, true);
    const options = deleteOptions(exchange.query, value);
    if (address.name === undefined) {
      const selection = listOptions(exchange.query);
      const list = await this.#operations.deleteCollection(exchange, address, selection, options);
      return collectionAnswer({ exchange, now: this.#now }, list);
    }
    const result = await this.#operations.delete(exchange, address, options);
    if (result.deleted) return valueAnswer(result.status, exchange.layout, exchange.warnings);
    return documentAnswer(result.document, exchange.layout, exchange.warnings);
  }

  async #written(exchange: Exchange): Promise<{ value: unknown; options: DocumentWriteOptions }> {
    const options = writeOptions(exchange.query);
    const { value, text } = await this.#body(exchange);
    return { value, options: text === undefined ? options : noticed(text, options) };
  }

  /** The object in the body, undefined when there is none; with its text when that was JSON. */
  async #body(exchange: Exchange, optional = false): Promise<{ value: unknown; text?: string }> {
    const { request } = exchange;
    refusePacked(request);
    const contentType = request.header('content-type');
    const format = bodyFormat(contentType);
    if (format === 'protobuf') return { value: readProtobuf(await request.bytes(this.#bodyLimitBytes)) };
    const text = await request.text(this.#bodyLimitBytes);
    if (optional && text === '') return { value: undefined };
    if (format) return { value: parseBody(text, format), ...(format === 'json' && { text }) };
    throw new StatusFailure(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format (${essence(contentType)}) - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf`,
    );
  }
}

/** Clients of Kubernetes never pack what they send, and unpacking is a way to be filled up. */
function refusePacked(request: HttpRequest): void {
  const encoding = request.header('content-encoding');
  if (encoding === undefined || encoding === 'identity') return;
  throw new StatusFailure('UnsupportedMediaType', `a body in the encoding ${JSON.stringify(encoding)} is not taken`);
}

/** Adds the fields that the text names twice, where anybody wants to know. */
function noticed(text: string, options: DocumentWriteOptions): DocumentWriteOptions {
  if (options.fieldValidation === 'Ignore') return options;
  const duplicates = duplicateFields(text);
  return duplicates.length === 0 ? options : { ...options, duplicateFields: duplicates };
}

export function addressOf(route: ResourceRoute): Address {
  const { group, version, plural, namespace, name, subresource } = route;
  return {
    group,
    version: group === machineGroup ? 'v1' : version,
    plural,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}

export function methodNotAllowed(): StatusFailure {
  return new StatusFailure('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}
