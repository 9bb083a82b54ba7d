import { describeError } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { type ConfigMap, configMap, type ElasticPolicy, elasticPolicy, type Stored } from '@godwit/kinds';
import { controllerReference } from '../framework/index.ts';
import type { Learned, PolicyMemory } from './elastic-memory.ts';

/** How often what was learned is kept: so much of it a crash may cost. */
const KEEP_MS = 300_000;
const KEY = 'forecasts';

/**
 * What forecasts have learned outlives the process in a ConfigMap beside the policy, which owns it: some 20 kB for
 * each metric that is foretold, however long it has been watched. One write replaces it as a whole, so that there is
 * no half of it; what cannot be read is learned anew.
 */
export class LearnedForecasts {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /**
   * Reads it when nothing is known yet, and keeps it when it is time. What was not kept is at the next time. Throws when
   * it could not be asked for: a forecast that began without it would soon be kept in its place.
   */
  async tend(policy: Stored<ElasticPolicy>, memory: PolicyMemory, monotonicMs: number): Promise<void> {
    if (!policy.spec.metrics.some(({ predictive }) => predictive)) return;
    if (memory.keptAtMs === undefined) {
      memory.recall(await this.#read(policy));
      memory.keptAtMs = monotonicMs;
    }
    if (monotonicMs - memory.keptAtMs < KEEP_MS) return;
    memory.keptAtMs = monotonicMs;
    try {
      await this.#keep(policy, memory);
    } catch (error) {
      this.#warn('what forecasts have learned was not kept', policy, error);
    }
  }

  async #read(policy: Stored<ElasticPolicy>): Promise<Learned> {
    const found = await this.#client.resource(configMap).find(nameOf(policy));
    try {
      return (JSON.parse(found?.data?.[KEY] ?? '{}') as Learned | null) ?? {};
    } catch (error) {
      this.#warn('what forecasts had learned is damaged, and is learned anew', policy, error);
      return {};
    }
  }

  #warn(what: string, { metadata: { name } }: Stored<ElasticPolicy>, error: unknown): void {
    this.#client.world.log.warn(what, { policy: name, error: describeError(error) });
  }

  async #keep(policy: Stored<ElasticPolicy>, memory: PolicyMemory): Promise<void> {
    const maps = this.#client.resource(configMap);
    const name = nameOf(policy);
    const data = { [KEY]: JSON.stringify(memory.learned(this.#client.world.clock.now())) };
    const found = await maps.find(name);
    if (found) await maps.update({ ...found, data } satisfies ConfigMap);
    else
      await maps.create({ metadata: { ...name, ownerReferences: [controllerReference(policy, elasticPolicy)] }, data });
  }
}

/** By its uid: a policy of the same name is another one. */
function nameOf({ metadata: { namespace = '', uid } }: Stored<ElasticPolicy>) {
  return { namespace, name: `elastic-policy-${uid}` };
}
