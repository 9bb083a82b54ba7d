/** Drivers of Linux. */

export * from './accelerator/index.ts';
export * from './host/index.ts';
export * from './images/index.ts';
export * from './kernel/index.ts';
export { hostReader } from './metrics/index.ts';
export * from './network/index.ts';
export * from './pod-volumes/index.ts';
export * from './podman/index.ts';
export * from './qemu/index.ts';
export * from './records/file-records.ts';
export * from './volume/index.ts';
