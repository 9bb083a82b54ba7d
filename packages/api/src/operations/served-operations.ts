import type {
  Address,
  DeleteOptions,
  Door,
  ListOptions,
  MachineStream,
  Patch,
  StreamRequest,
  WatchOptions,
} from '@godwit/kinds';
import type { TokenClaims } from '../authentication/token-issuer.ts';
import type { User } from '../authorization/user.ts';
import type { Document } from '../documents/document.ts';
import { createDocument } from './create.ts';
import { deleteDocument, deleteDocuments } from './delete.ts';
import { doorOf } from './door.ts';
import { type Engine, methodNotAllowed } from './engine.ts';
import type { KindRegistry } from './kind-registry.ts';
import { getMeasured, isMeasured, listMeasured } from './measured/index.ts';
import { type MetricNames, type MetricSelectors, metricNames, readMetricValues } from './metric-values/index.ts';
import type {
  Caller,
  Deleted,
  DocumentList,
  DocumentWatch,
  DocumentWriteOptions,
  Operations,
  Written,
} from './operations.ts';
import { patchDocument } from './patch.ts';
import { getDocument, listDocuments } from './read.ts';
import { answerReview } from './reviews/index.ts';
import { actOn, openStream, subresourceOf, uploadInto } from './subresources/index.ts';
import { tokenHolds } from './token-holds.ts';
import { updateDocument } from './update.ts';
import { watchDocuments } from './watch.ts';

/** The operations over an engine: each method finds who does the work for its kind and subresource. */
export class ServedOperations implements Operations {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get kinds(): KindRegistry {
    return this.#engine.kinds;
  }

  get revision(): number {
    return this.#engine.feed.revision;
  }

  as(user: User, agent?: string): Door {
    return doorOf(this, user, agent);
  }

  async get(caller: Caller, address: Address): Promise<Document> {
    const special = subresourceOf(this.#engine, address);
    if (isMeasured(address)) return getMeasured(this.#engine, caller, address);
    if (!special) return getDocument(this.#engine, caller, address);
    if (!special.get) throw methodNotAllowed();
    return special.get(this.#engine, caller, address);
  }

  list(caller: Caller, address: Address, options?: ListOptions): Promise<DocumentList> {
    if (isMeasured(address)) return listMeasured(this.#engine, caller, address, options);
    return listDocuments(this.#engine, caller, address, options);
  }

  watch(caller: Caller, address: Address, options: WatchOptions, signal: AbortSignal): Promise<DocumentWatch> {
    return watchDocuments(this.#engine, caller, address, options, signal);
  }

  async create(caller: Caller, address: Address, object: unknown, options?: DocumentWriteOptions): Promise<Written> {
    const special = subresourceOf(this.#engine, address);
    if (!special) {
      const answer = await answerReview(this.#engine, caller, address, object, options);
      return answer ?? createDocument(this.#engine, caller, address, object, options);
    }
    if (!special.create) throw methodNotAllowed();
    return special.create(this.#engine, caller, address, object, options ?? {});
  }

  async update(caller: Caller, address: Address, object: unknown, options?: DocumentWriteOptions): Promise<Written> {
    const special = subresourceOf(this.#engine, address);
    if (!special) return updateDocument(this.#engine, caller, address, object, options);
    if (!special.update) throw methodNotAllowed();
    return special.update(this.#engine, caller, address, object, options ?? {});
  }

  async patch(caller: Caller, address: Address, patch: Patch, options?: DocumentWriteOptions): Promise<Written> {
    const special = subresourceOf(this.#engine, address);
    if (!special) return patchDocument(this.#engine, caller, address, patch, options);
    if (!special.patch) throw methodNotAllowed();
    return special.patch(this.#engine, caller, address, patch, options ?? {});
  }

  delete(caller: Caller, address: Address, options?: DeleteOptions): Promise<Deleted> {
    if (address.subresource !== undefined) throw methodNotAllowed();
    return deleteDocument(this.#engine, caller, address, options);
  }

  deleteCollection(
    caller: Caller,
    address: Address,
    selection: ListOptions,
    options?: DeleteOptions,
  ): Promise<DocumentList> {
    return deleteDocuments(this.#engine, caller, address, selection, options);
  }

  stream(
    caller: Caller,
    address: Address,
    verb: 'get' | 'create',
    request: StreamRequest,
    signal: AbortSignal,
  ): Promise<MachineStream> {
    return openStream(this.#engine, caller, address, verb, request, signal);
  }

  act(caller: Caller, address: Address, verb: 'get' | 'update', body: unknown): Promise<unknown> {
    return actOn(this.#engine, caller, address, verb, body);
  }

  upload(caller: Caller, address: Address, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Document> {
    return uploadInto(this.#engine, caller, address, bytes, signal);
  }

  metricValues(caller: Caller, address: Address, selectors: MetricSelectors, signal: AbortSignal): Promise<object> {
    return readMetricValues(this.#engine, caller, address, selectors, signal);
  }

  metricNames(): Promise<MetricNames | undefined> {
    return metricNames(this.#engine);
  }

  authorizePath(caller: Caller, verb: string, path: string): void {
    this.#engine.authorize(caller, { verb, path });
  }

  tokenHolds(claims: TokenClaims): Promise<boolean> {
    return tokenHolds(this.#engine, claims);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
