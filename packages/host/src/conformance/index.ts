/** What every implementation of a driver must do, told once and run on each. */
export * from './conformance-network-driver.ts';
export * from './container-driver.ts';
