import type { KubeObject } from '@godwit/kinds';

interface Scaler extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly reason?: string }[];
    readonly [field: string]: unknown;
  };
}

/** What somebody may decide by in the status of an autoscaler: all of it but what was measured, and the words for it. */
export function essenceOfStatus(object: KubeObject): string {
  const { conditions = [], metrics: _, currentMetrics: __, ...rest } = (object as Scaler).status ?? {};
  return JSON.stringify([rest, conditions.map(({ type, status, reason }) => [type, status, reason])]);
}
