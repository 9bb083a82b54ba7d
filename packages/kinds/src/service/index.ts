/** The Service: one stable address in front of machines that come and go. */
export * from './service.ts';
export type { Service, ServicePort, ServiceSpec } from './service-body.ts';
