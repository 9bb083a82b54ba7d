/**
 * The life of a virtual machine on one host, from its binding to the last trace of it:
 *
 *     preparing ──disks and port──▶ launching ──▶ running ──guest switched off, crashed──▶ cleaning ──▶ ended
 *         │  ▲ back-off                │              │                                       ▲
 *         └──┘                         └──────┬───────┘                                       │
 *                                          to go ──▶ stopping (drain, power button, patience) ┘
 *
 * `reduce` takes what was heard into account, `wantedActions` says what is to be done; both are pure and run in the
 * simulator too. `VirtualMachineManager` puts them on machine loops over a hypervisor and a network.
 */
export * from './machine-input.ts';
export * from './machine-state.ts';
export * from './virtual-machine-behaviour.ts';
export * from './virtual-machine-manager.ts';
