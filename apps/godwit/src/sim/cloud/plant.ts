import type { Admitter } from '@godwit/api';
import type { PowerDriver } from '@godwit/controllers';
import type {
  ContainerDriver,
  HypervisorDriver,
  MachineManager,
  NetworkDriver,
  VirtualMachineManager,
  VolumeDriver,
} from '@godwit/host';
import type { Door, Pod } from '@godwit/kinds';

/** Bugs put in on purpose, to show that they are found. */
export interface Plant {
  /** The store acknowledges what is not safe yet. */
  readonly neverSyncs?: boolean;
  /** Whatever is bound fits. */
  readonly everythingFits?: boolean;
  /** Gates of the API that do what they should not. */
  readonly admitters?: readonly Admitter[];
  /** The API as everybody comes in by it. */
  readonly door?: (door: Door) => Door;
  readonly power?: (driver: PowerDriver) => PowerDriver;
  readonly containers?: (driver: ContainerDriver) => ContainerDriver;
  readonly hypervisor?: (driver: HypervisorDriver) => HypervisorDriver;
  readonly network?: (driver: NetworkDriver) => NetworkDriver;
  readonly volumes?: (driver: VolumeDriver) => VolumeDriver;
  readonly pods?: (manager: MachineManager<Pod>) => MachineManager<Pod>;
  readonly instances?: (manager: VirtualMachineManager) => VirtualMachineManager;
}
