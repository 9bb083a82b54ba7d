export * from './host-allocation.ts';
export * from './host-allocations.ts';
