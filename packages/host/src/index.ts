/** The hands: what one host does. Pure state machines here; drivers under node/ and fake/. */

export * from './agent/index.ts';
export * from './container-driver.ts';
export * from './hypervisor-driver.ts';
export * from './machine/index.ts';
export { type BalancerReading, History, type HostReading, Sampler, subjectOfService } from './metrics/index.ts';
export * from './network-driver.ts';
export * from './pod/index.ts';
export { type AddressPlan, type ServiceSources, ServiceTableMaker, servedAddresses } from './services/index.ts';
export * from './virtual-machine/index.ts';
export * from './volume-driver.ts';
