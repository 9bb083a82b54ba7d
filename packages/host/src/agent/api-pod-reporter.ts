import type { ApiClient, EventRecorder } from '@godwit/client';
import { isConflict, isNotFound, type Pod, pod as podKind, type Stored } from '@godwit/kinds';
import { type PodEvent, type PodReporter, RESIZE_CONDITION, type WrittenStatus } from '../pod/index.ts';

/** How often a status is said again because somebody else wrote meanwhile. */
const MOST_TRIES = 5;

/** Tells the API of pods: their status, their end, and what happened to them. */
export class ApiPodReporter implements PodReporter {
  readonly #client: ApiClient;
  readonly #events: EventRecorder;

  constructor(client: ApiClient, events: EventRecorder) {
    this.#client = client;
    this.#events = events;
  }

  async writeStatus(pod: Stored<Pod>, status: WrittenStatus): Promise<void> {
    const { namespace = '', name, uid } = pod.metadata;
    // What is no longer said has to be taken back: a patch leaves alone what it does not name.
    const conditions: object[] | undefined = status.conditions?.map((condition) => ({
      message: null,
      reason: null,
      ...condition,
    }));
    if (!status.conditions?.some(({ type }) => type === RESIZE_CONDITION)) {
      conditions?.push({ type: RESIZE_CONDITION, $patch: 'delete' });
    }
    const told = { message: null, reason: null, ...status, ...(conditions && { conditions }) };
    const pods = this.#client.resource(podKind);
    let { resourceVersion } = pod.metadata;
    for (let triesLeft = MOST_TRIES; ; triesLeft--) {
      // With the uid, so that a pod of the same name that came later is left alone; and with the version, so that what
      // an earlier life of this program has asked for, and what comes late, does not undo what was said since.
      const body = { metadata: { uid, resourceVersion }, status: told };
      try {
        await pods.patch({ namespace, name }, { type: 'strategic', body }, { subresource: 'status' });
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error) || triesLeft <= 1) throw error;
      }
      const found = await pods.find({ namespace, name });
      if (found?.metadata.uid !== uid) return;
      ({ resourceVersion } = found.metadata);
    }
  }

  async reportGone(pod: Stored<Pod>): Promise<void> {
    const { namespace = '', name, uid } = pod.metadata;
    try {
      await this.#client
        .resource(podKind)
        .delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error) && !(await this.#isAnother(pod, error))) throw error;
    }
  }

  event(pod: Stored<Pod>, { level, reason, message }: PodEvent): void {
    if (level === 'Normal') this.#events.normal(pod, reason, message);
    else this.#events.warning(pod, reason, message);
  }

  /** Whether a conflict means that the name belongs to another pod by now. */
  async #isAnother(pod: Stored<Pod>, error: unknown): Promise<boolean> {
    if (!isConflict(error)) return false;
    const { namespace = '', name, uid } = pod.metadata;
    const found = await this.#client.resource(podKind).find({ namespace, name });
    return found?.metadata.uid !== uid;
  }
}
