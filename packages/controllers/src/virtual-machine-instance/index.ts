/**
 * The life of a VirtualMachineInstance where no host is involved: before it is bound, when it is deleted
 * before that, and when its host is gone for good. In between its host's agent writes its status.
 *
 *   (created) ──claims there──► Scheduling ──bound by the API──► Scheduled ──► the agent's business
 *       └──claim missing──► Pending ──claim there──► Scheduling
 *   deleted while unbound, or its host no longer exists ──► finalizer removed
 *   its host no longer exists ──► Failed
 */
export * from './virtual-machine-instance-controller.ts';
