/** Files and sockets of one machine, all in its own folder. */
export interface MachineFiles {
  readonly folder: string;
  readonly pid: string;
  readonly log: string;
  readonly monitor: string;
  readonly serial: string;
  readonly serialLog: string;
  readonly screen: string;
  readonly agent: string;
  /** Variables of the UEFI firmware. */
  readonly firmwareVariables: string;
  readonly trustedModule: string;
}

/** What the command line depends on besides the request: this host. */
export interface LaunchSite {
  readonly acceleration: 'kvm' | 'tcg';
  readonly files: MachineFiles;
  /** Folder of OVMF's images; absent where it is not installed. */
  readonly firmwareFolder?: string;
  /** `/dev/vhost-net` can be used. */
  readonly vhostNet: boolean;
}
