/**
 * Keeps as many VirtualMachines as a pool asks for. Each has a number, which its name and its disks bear, and lives on
 * when the pool is scaled out again after it was scaled in.
 *
 *   machine-of-pool  the machine with a number, as the template describes it
 *   selection        whose turn it is first when machines are taken away or restarted
 *   decide           all of it as one pure function
 */
export * from './virtual-machine-pool-controller.ts';
