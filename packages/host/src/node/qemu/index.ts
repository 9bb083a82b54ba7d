/**
 * Virtual machines by QEMU. A machine is one process that lives outside of ours: started into the background, reached
 * over sockets in its own folder, found again by its pid file. `command-line/` says how it is made, `qmp/` how it is
 * spoken to; `QemuHypervisor` is the driver.
 */

export { machineFiles } from './machine-files.ts';
export * from './qemu-hypervisor.ts';
