import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AccessRecord,
  createAuthenticator,
  createOperations,
  createTokenIssuer,
  HttpApi,
  type InFlightLimits,
  newTokenKey,
  type Operations,
  type TokenIssuer,
} from '@godwit/api';
import { ApiServer } from '@godwit/api/node';
import { SystemClock, silentLog, type World } from '@godwit/base';
import { SystemIds, systemRandom } from '@godwit/base/node';
import { valueReader } from '@godwit/controllers';
import { builtInKinds } from '@godwit/kinds';
import { MemoryStore, type Store } from '@godwit/store';
import { endpointValues, machineValues } from '../../../apps/godwit/src/cloud/metric-sources/index.ts';
import { createAuthority, issueCertificate, type KeyPair } from '../../../apps/godwit/src/pki/certificates.ts';
import { renderKubeconfig } from '../../../apps/godwit/src/pki/kubeconfig.ts';
import { LocalMachines } from './local-machines.ts';

const ADMIN = { user: 'admin', groups: ['system:masters'] };

/** The whole API over a memory store, in this process, on a port of the loopback, with a throw-away CA. */
export class ApiUnderTest {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'godwit-conformance-'));
  readonly machines: LocalMachines = new LocalMachines();
  /** Every request so far, when its answer was ready. */
  readonly requests: AccessRecord[] = [];
  readonly world: World = { clock: new SystemClock(), random: systemRandom(), ids: new SystemIds(), log: silentLog };
  readonly authority: KeyPair;
  readonly store: Store;
  readonly #serverPair: KeyPair;
  readonly #limits: InFlightLimits | undefined;
  #tokens: TokenIssuer | undefined;
  #operations: Operations | undefined;
  #server: ApiServer | undefined;
  #port = 0;

  private constructor(authority: KeyPair, serverPair: KeyPair, limits: InFlightLimits | undefined) {
    this.authority = authority;
    this.#serverPair = serverPair;
    this.#limits = limits;
    this.store = new MemoryStore(this.world);
  }

  static async start(limits?: InFlightLimits): Promise<ApiUnderTest> {
    const nowMs = Date.now();
    const authority = await createAuthority('throw-away', nowMs);
    const names = { type: 'server', names: ['localhost'], addresses: ['127.0.0.1'] } as const;
    const api = new ApiUnderTest(authority, await issueCertificate(authority, names, nowMs), limits);
    await api.#open();
    await api.writeKubeconfig(ADMIN.user, ADMIN.groups);
    return api;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** The administrator's. */
  get kubeconfig(): string {
    return join(this.folder, `${ADMIN.user}.kubeconfig`);
  }

  get operations(): Operations {
    if (!this.#operations) throw new Error('the API is not running');
    return this.#operations;
  }

  /** A kubeconfig for somebody with a client certificate of their own; returns its path. */
  async writeKubeconfig(user: string, groups: readonly string[]): Promise<string> {
    const pair = await this.issue(user, groups);
    const path = join(this.folder, `${user}.kubeconfig`);
    writeFileSync(path, renderKubeconfig(this.url, this.authority.certificate, user, pair));
    return path;
  }

  issue(user: string, groups: readonly string[]): Promise<KeyPair> {
    return issueCertificate(this.authority, { type: 'client', user, groups }, Date.now());
  }

  /** Stops the server and starts a new one on the same port over the same store. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#open();
  }

  async stop(): Promise<void> {
    await this.#server?.close(200);
    await this.#operations?.close();
    this.#server = undefined;
    this.#operations = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    this.machines.close();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    const { clock, log } = this.world;
    this.#tokens ??= await createTokenIssuer({
      world: this.world,
      key: await newTokenKey('one'),
      issuer: 'https://test',
    });
    const tokens = this.#tokens;
    const operations = await createOperations({
      world: this.world,
      store: this.store,
      kinds: builtInKinds,
      machines: () => this.machines,
      values: valueReader([machineValues(clock), endpointValues(clock)]),
      tokens,
    });
    this.#operations = operations;
    const api = new HttpApi({
      operations,
      authenticator: createAuthenticator({
        world: this.world,
        tokens,
        holds: (claims) => operations.tokenHolds(claims),
      }),
      clock,
      probes: { tokenKeys: tokens, metrics: async () => 'godwit_up 1\n' },
      ...(this.#limits && { limits: this.#limits }),
      onAccess: (record) => this.requests.push(record),
    });
    const tls = {
      key: this.#serverPair.privateKey,
      certificate: this.#serverPair.certificate,
      clientAuthorities: this.authority.certificate,
    };
    this.#server = await ApiServer.listen({ api, clock, log, tls, host: '127.0.0.1', port: this.#port });
    this.#port = this.#server.port;
  }
}
