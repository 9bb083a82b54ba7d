import { controllers as controllersUser, type Operations } from '@godwit/api';
import type { World } from '@godwit/base';
import { ApiClient, type KindCache } from '@godwit/client';
import { type BalancePolicy, balancePolicy } from '@godwit/kinds';
import { GoverningPolicy, HostAllocations } from '@godwit/planner';

/** Judges bindings by the policy that the scheduler follows: what is given out more than once may be bound more than once. */
export class BindingRule {
  readonly #governing = new GoverningPolicy();
  #client: ApiClient | undefined;
  #policies: KindCache<BalancePolicy> | undefined;

  readonly allocations = new HostAllocations(() => this.#governing.of(this.#policies?.values() ?? []));

  /** From here on it knows the policies. */
  follow(operations: Pick<Operations, 'as'>, world: World): void {
    this.#client = new ApiClient(operations.as(controllersUser, 'godwit'), world);
    this.#policies = this.#client.cache(balancePolicy);
  }

  close(): void {
    this.#client?.close();
  }
}
