/**
 * Containers by Podman (4.3 and later) over its REST API.
 *
 * - `podman-driver.ts` the ContainerDriver; `container-specification.ts` and `container-facts.ts` translate
 * - `podman-configuration.ts` a store, a runtime state and settings of our own, with the host's store to read
 * - `podman-service.ts` the REST service, started on demand and stopped when idle; `rest-client.ts` speaks to it
 * - `image-store.ts` finds and pins images
 * - `exit-watch.ts` hears of exits from the files that conmon writes, without any service
 * - `hijacked-session.ts` exec and attach
 */
export * from './podman-configuration.ts';
export * from './podman-driver.ts';
export { storedImages } from './store-index.ts';
