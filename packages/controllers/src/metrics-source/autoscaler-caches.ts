import type { ApiClient, KindCache } from '@godwit/client';
import {
  type ElasticPolicy,
  elasticPolicy,
  type HorizontalPodAutoscaler,
  horizontalPodAutoscaler,
  wakingServices,
} from '@godwit/kinds';
import { targetKey } from './scale-target.ts';

/** Index of autoscalers by what they scale; its values are those of `targetKey`. */
export const BY_TARGET = 'target';
/** Index of policies by the Services whose requests wake what they scale: `namespace/name`. */
export const BY_WAKING_SERVICE = 'waking service';

/** HorizontalPodAutoscalers, with the index `BY_TARGET`. */
export function horizontalCache(client: ApiClient): KindCache<HorizontalPodAutoscaler> {
  return client.cache(horizontalPodAutoscaler, {
    [BY_TARGET]: ({ metadata, spec }) => [targetKey(metadata.namespace, spec.scaleTargetRef)],
  });
}

/** ElasticPolicies, with the indexes `BY_TARGET` and `BY_WAKING_SERVICE`. */
export function elasticCache(client: ApiClient): KindCache<ElasticPolicy> {
  return client.cache(elasticPolicy, {
    [BY_TARGET]: ({ metadata, spec }) => [targetKey(metadata.namespace, spec.targetRef)],
    [BY_WAKING_SERVICE]: wakingServices,
  });
}
