import type { Clock } from '@godwit/base';
import { type MachineStream, StatusFailure } from '@godwit/kinds';
import type { Authenticator, Credentials } from '../authentication/authenticator.ts';
import { anonymous, type User } from '../authorization/user.ts';
import type { Operations } from '../operations/operations.ts';
import { failureAnswer, statusOf } from './answer.ts';
import { Exchange } from './exchange.ts';
import type { AccessRecord, HttpRequest, HttpResponse } from './http-message.ts';
import { impersonate } from './impersonation.ts';
import { defaultLimits, InFlight, type InFlightLimits } from './in-flight.ts';
import { type MachineRequest, machineRequest } from './machine-request.ts';
import { negotiate, plainJson } from './media-type.ts';
import { parsePath, type Route } from './path.ts';
import { Query } from './query.ts';
import { addressOf, DEFAULT_BODY_LIMIT, ResourceHandler, type ResourceRoute } from './resource-handler.ts';
import { reviewAccess } from './review-access.ts';
import { type Probes, ServerPaths } from './server-paths.ts';

/** Answers paths that are no part of the Kubernetes API, such as a console's pages; undefined for not mine. */
export type Fallback = (request: HttpRequest, path: string, user: User) => Promise<HttpResponse | undefined>;

export interface HttpApiOptions {
  readonly operations: Operations;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly probes?: Probes;
  readonly limits?: InFlightLimits;
  readonly bodyLimitBytes?: number;
  /** Told of every request once its answer is ready. */
  readonly onAccess?: (record: AccessRecord) => void;
  readonly fallback?: Fallback;
}

/** A request that wants a connection of its own, after authentication and authorisation. */
export interface Upgrade {
  readonly exchange: Exchange;
  readonly request: Extract<MachineRequest, { type: 'upgrade' }>['request'];
  /** Opens the stream that was asked for. */
  open(signal: AbortSignal): Promise<MachineStream>;
  /** Opens one forwarded port of the Pod. */
  openPort(port: number, signal: AbortSignal): Promise<MachineStream>;
}

/** Paths that everybody may see, as in Kubernetes' default roles; the rest needs a known user. */
const PUBLIC_PATHS = new Set(['/version', '/version/', '/livez', '/readyz', '/healthz']);

/** The upper floor of the door: a request goes in, the description of a response comes out. No I/O of its own. */
export class HttpApi {
  readonly #options: HttpApiOptions;
  readonly #operations: Operations;
  readonly #resources: ResourceHandler;
  readonly #paths: ServerPaths;
  readonly #inFlight: InFlight;

  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.#operations = options.operations;
    this.#inFlight = new InFlight(options.limits ?? defaultLimits);
    this.#paths = new ServerPaths(options.operations, options.clock, options.probes ?? {});
    this.#resources = new ResourceHandler({
      operations: options.operations,
      now: () => options.clock.now(),
      bodyLimitBytes: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT,
    });
  }

  /** Requests that are being worked on now. */
  get inFlight(): number {
    return this.#inFlight.total;
  }

  /** Never rejects: failures become Status answers. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const { clock, onAccess } = this.#options;
    const began = onAccess ? clock.monotonic() : 0;
    const { path, query } = splitTarget(request.target);
    let exchange: Exchange | undefined;
    let response: HttpResponse;
    let realUser: User | undefined;
    try {
      realUser = await this.#authenticate(request, path);
      this.#inFlight.enter(realUser);
      try {
        exchange = await this.#exchange(request, path, query, realUser);
        response = await this.#dispatch(exchange, path);
      } finally {
        this.#inFlight.leave(realUser);
      }
    } catch (error) {
      const layout = exchange?.layout ?? { shape: plainJson, pretty: false };
      response = failureAnswer(statusOf(error), layout, exchange?.warnings);
    }
    if (onAccess) onAccess(this.#record(request, response, exchange?.user, realUser, clock.monotonic() - began));
    return response;
  }

  /**
   * Reads a request for a connection of its own. Throws `StatusFailure`; the stream itself is opened, and
   * may be refused, by what this returns.
   */
  async upgrade(request: HttpRequest): Promise<Upgrade> {
    const { clock, onAccess } = this.#options;
    const beganMs = clock.monotonic();
    let upgrade: Upgrade | undefined;
    let status = 101;
    try {
      upgrade = await this.#upgrade(request);
      return upgrade;
    } catch (error) {
      status = statusOf(error).code;
      throw error;
    } finally {
      const user = upgrade?.exchange.user;
      onAccess?.(this.#record(request, { status, headers: {} }, user, user, clock.monotonic() - beganMs));
    }
  }

  async #upgrade(request: HttpRequest): Promise<Upgrade> {
    const { path, query } = splitTarget(request.target);
    const user = await this.#authenticate(request, path);
    const exchange = await this.#exchange(request, path, query, user);
    const route = parsePath(path);
    const wanted = route?.type === 'resource' ? machineRequest(this.#operations, exchange, route) : undefined;
    if (wanted?.type !== 'upgrade') throw new StatusFailure('BadRequest', 'this path cannot be upgraded');
    const address = addressOf(route as ResourceRoute);
    // Orders to a process change something, whatever method carries them; Kubernetes asks for `create` too.
    const verb = address.group === '' ? 'create' : 'get';
    if (wanted.request === 'port-forward-pod') await this.#mayForward(exchange, address);
    return {
      exchange,
      request: wanted.request,
      open: (signal) => {
        if (wanted.request === 'port-forward-pod') throw new StatusFailure('BadRequest', 'no port was named');
        return this.#operations.stream(exchange, address, verb, wanted.request, signal);
      },
      openPort: (port, signal) =>
        this.#operations.stream(exchange, address, verb, { type: 'port-forward', port }, signal),
    };
  }

  /** Ports are opened one by one, later: who may not open any is told before. */
  async #mayForward(exchange: Exchange, address: ReturnType<typeof addressOf>): Promise<void> {
    const review = await reviewAccess(this.#operations, exchange.user, {
      verb: 'create',
      group: '',
      resource: 'pods',
      subresource: 'portforward',
      ...(address.namespace !== undefined && { namespace: address.namespace }),
      ...(address.name !== undefined && { name: address.name }),
    });
    if (review.allowed) return;
    throw new StatusFailure(
      'Forbidden',
      `pods "${address.name}" is forbidden: User "${exchange.user.name}" cannot create resource "pods/portforward" in API group "" in the namespace "${address.namespace}"`,
      { ...(address.name !== undefined && { name: address.name }), kind: 'pods' },
    );
  }

  async #authenticate(request: HttpRequest, path: string): Promise<User> {
    const credentials: { -readonly [K in keyof Credentials]: Credentials[K] } = {};
    if (request.certificate) credentials.certificate = request.certificate;
    const token = bearerToken(request);
    if (token !== undefined) credentials.bearerToken = token;
    const user = await this.#options.authenticator.authenticate(credentials);
    if (user.name === anonymous.name && !isPublic(path)) {
      throw new StatusFailure('Unauthorized', 'Unauthorized');
    }
    return user;
  }

  async #exchange(request: HttpRequest, path: string, queryText: string, real: User): Promise<Exchange> {
    const query = queryText === '' ? Query.none : new Query(queryText);
    // OpenAPI has forms of its own, and chooses among them itself.
    const shape = path.startsWith('/openapi/') ? plainJson : negotiate(request.header('accept'));
    if (!shape) {
      throw new StatusFailure(
        'NotAcceptable',
        'only the following media types are accepted: application/json, application/yaml',
      );
    }
    const impersonating = request.header('impersonate-user') !== undefined || hasImpersonation(request);
    const user = impersonating ? await impersonate(this.#operations, real, request) : real;
    const pretty = query.get('pretty') === undefined ? readsByEye(request) : query.flag('pretty');
    return new Exchange(request, query, user, { shape, pretty });
  }

  #dispatch(exchange: Exchange, path: string): Promise<HttpResponse> {
    const route: Route | undefined = parsePath(path);
    if (!route) throw new StatusFailure('BadRequest', 'the path has an escape that cannot be decoded');
    if (route.type === 'resource') {
      const special = this.#paths.machineGroupPath(exchange, route);
      return special ?? this.#resources.handle(exchange, route);
    }
    return this.#other(exchange, path);
  }

  async #other(exchange: Exchange, path: string): Promise<HttpResponse> {
    const { request, user } = exchange;
    if (!isPublic(path)) this.#operations.authorizePath(exchange, request.method.toLowerCase(), path);
    const answer = (await this.#paths.answer(exchange, path)) ?? (await this.#options.fallback?.(request, path, user));
    if (answer) return answer;
    throw new StatusFailure('NotFound', 'the server could not find the requested resource');
  }

  #record(
    request: HttpRequest,
    response: HttpResponse,
    user: User | undefined,
    real: User | undefined,
    durationMs: number,
  ): AccessRecord {
    const asked = user ?? real;
    return {
      method: request.method,
      target: request.target,
      user: asked?.name,
      agent: request.header('user-agent'),
      status: response.status,
      durationMs,
      ...(real && asked !== real && { impersonatedBy: real.name }),
    };
  }
}

function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function isPublic(path: string): boolean {
  return PUBLIC_PATHS.has(path) || path.startsWith('/livez/') || path.startsWith('/readyz/');
}

/** From the Authorization header, or from the WebSocket subprotocol that browsers must use instead. */
function bearerToken(request: HttpRequest): string | undefined {
  const header = request.header('authorization');
  if (header !== undefined) {
    return /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : undefined;
  }
  const protocols = request.header('sec-websocket-protocol');
  if (protocols === undefined) return undefined;
  const prefix = 'base64url.bearer.authorization.k8s.io.';
  const carrier = protocols.split(',').find((protocol) => protocol.trim().startsWith(prefix));
  if (carrier === undefined) return undefined;
  const base64 = carrier.trim().slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/');
  try {
    return atob(base64);
  } catch {
    return undefined;
  }
}

/** Whoever uses these looks at the answer himself. */
function readsByEye(request: HttpRequest): boolean {
  const agent = request.header('user-agent');
  return agent !== undefined && (agent.startsWith('curl/') || agent.startsWith('Wget/'));
}

/** Parts of an impersonation without a user are an error that must not be passed over. */
function hasImpersonation(request: HttpRequest): boolean {
  return request.header('impersonate-group') !== undefined || request.header('impersonate-uid') !== undefined;
}
