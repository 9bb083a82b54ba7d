/**
 * The control plane as a whole, without hosts: the real door over a memory store, the real controllers, and
 * virtual time. Pods come up when the test says so.
 */
export * from './control-plane.ts';
