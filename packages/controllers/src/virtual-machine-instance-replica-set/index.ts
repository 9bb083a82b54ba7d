/**
 * Keeps as many instances as a VirtualMachineInstanceReplicaSet asks for. Instances are like pods: one that has ended
 * is taken away and another one made, and nothing of it is kept.
 */
export * from './virtual-machine-instance-replica-set-controller.ts';
