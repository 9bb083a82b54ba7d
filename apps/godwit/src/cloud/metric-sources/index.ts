/**
 * Numbers for autoscalers that the API does not serve: what the load balancer of a service sees, what machines tell of
 * themselves, what a Prometheus or an HTTP endpoint answers.
 */
export * from './balancer-values.ts';
export * from './endpoint-values.ts';
export * from './machine-values.ts';
