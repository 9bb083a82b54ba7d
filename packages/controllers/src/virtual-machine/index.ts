/**
 * Makes a VirtualMachine run, or not, as its run strategy says: creates and deletes its instance, makes its
 * DataVolumes, answers requests to start and stop, waits longer after each failed start, and reports all of
 * it in KubeVirt's words.
 *
 *   observation            what is looked at
 *   decide                 pure: what to do and what to report
 *   run-strategy           whether an instance is to be started or stopped now
 *   instance-of-machine    the instance that a machine's template makes
 *   start-failure          how long to wait after failed starts
 *   machine-types          pure: the machine with what its instancetype and preference say, and the copies it keeps
 *   type-caches            where those are found
 *   data-volumes           the machine's own volumes
 *   machine-conditions     conditions, most of them the instance's
 *   printable-status       one word for people
 *   virtual-machine-controller   the reconciler: observes, decides, acts
 */
export * from './virtual-machine-controller.ts';
