import type { Namespace } from '@godwit/kinds';

type Condition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number];

/** What is still in a namespace that is being emptied. */
export interface Remains {
  /** Number of objects by `plural.group`. */
  readonly objects: ReadonlyMap<string, number>;
  /** Number of objects by finalizer that holds them. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** What went wrong, by `plural.group`. */
  readonly failures: ReadonlyMap<string, string>;
}

const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([what, count]) => `${what} (${count})`).join(', ');

/**
 * Conditions of a terminating namespace, of the types that Kubernetes gives it. The time of a condition is kept
 * as long as its status stays the same.
 */
export function namespaceConditions(remains: Remains, before: readonly Condition[], now: string): Condition[] {
  const { objects, finalizers, failures } = remains;
  const wanted = [
    condition('NamespaceDeletionContentFailure', failures.size > 0, {
      yes: ['ContentDeletionFailed', [...failures].map(([what, why]) => `${what}: ${why}`).join('; ')],
      no: ['ContentDeleted', 'everything in it has been told to go'],
    }),
    condition('NamespaceContentRemaining', objects.size > 0, {
      yes: ['SomeResourcesRemain', `still there: ${list(objects)}`],
      no: ['ContentRemoved', 'it is empty'],
    }),
    condition('NamespaceFinalizersRemaining', finalizers.size > 0, {
      yes: ['SomeFinalizersRemain', `waited for: ${list(finalizers)}`],
      no: ['ContentHasNoFinalizers', 'no finalizer holds anything in it'],
    }),
  ];
  return wanted.map((one) => {
    const old = before.find(({ type }) => type === one.type);
    const lastTransitionTime = old?.status === one.status ? (old.lastTransitionTime ?? now) : now;
    return { ...one, lastTransitionTime };
  });
}

function condition(
  type: string,
  holds: boolean,
  texts: { readonly yes: readonly [string, string]; readonly no: readonly [string, string] },
): Condition {
  const [reason, message] = holds ? texts.yes : texts.no;
  return { type, status: holds ? 'True' : 'False', reason, message };
}
