/** OpenAPI component names, as Kubernetes publishes them: clients look types up by these. */
export const named = (prefix: string) => (kind: string) => ({ name: `io.k8s.${prefix}.${kind}` });

export const metaName = named('apimachinery.pkg.apis.meta.v1');
export const coreName = named('api.core.v1');
export const appsName = named('api.apps.v1');
export const rbacName = named('api.rbac.v1');
export const policyName = named('api.policy.v1');
export const discoveryName = named('api.discovery.v1');
export const coordinationName = named('api.coordination.v1');
export const networkingName = named('api.networking.v1');
export const autoscalingName = named('api.autoscaling.v2');
export const eventsName = named('api.events.v1');
export const authenticationName = named('api.authentication.v1');
export const authorizationName = named('api.authorization.v1');
export const metricsName = (kind: string) => ({ name: `io.k8s.metrics.pkg.apis.metrics.v1beta1.${kind}` });
