import type { World } from '@godwit/base';
import type { Reconciler } from '../reconciler.ts';
import { Controller } from './controller.ts';
import type { ControllerReport } from './controller-report.ts';
import type { LeaderElection } from './leader-election.ts';

/** All reconcilers of a server. With an election they run only while this server leads. */
export class Controllers {
  readonly #controllers: readonly Controller[];
  readonly #election: LeaderElection | undefined;

  /** Throws a RangeError when two reconcilers have the same name. `rescanMs` is as of {@link Controller}. */
  constructor(reconcilers: readonly Reconciler[], world: World, election?: LeaderElection, rescanMs?: number) {
    const names = new Set(reconcilers.map((reconciler) => reconciler.name));
    if (names.size < reconcilers.length) throw new RangeError('two reconcilers have the same name');
    this.#controllers = reconcilers.map((reconciler) => new Controller(reconciler, world, rescanMs));
    this.#election = election;
  }

  /** Works until `signal` is aborted; resolves when everything has come to rest. */
  async run(signal: AbortSignal): Promise<void> {
    const election = this.#election;
    if (election) await election.run((term) => this.#runAll(term, () => election.leading), signal);
    else await this.#runAll(signal);
  }

  reports(): ControllerReport[] {
    return this.#controllers.map((controller) => controller.report());
  }

  /** The controller of a reconciler, for tests and for orders. */
  controller(name: string): Controller | undefined {
    return this.#controllers.find(({ reconciler }) => reconciler.name === name);
  }

  async #runAll(signal: AbortSignal, mayAct?: () => boolean): Promise<void> {
    await Promise.all(this.#controllers.map((controller) => controller.run(signal, mayAct)));
  }
}
