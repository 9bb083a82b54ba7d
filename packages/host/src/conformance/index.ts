/** What every implementation of a driver must do, told once and run on each. */

export * from './conformance-container-driver.ts';
export * from './conformance-hypervisor-driver.ts';
export * from './conformance-network-driver.ts';
export * from './conformance-volume-driver.ts';
