/**
 * Volumes of one host. A PersistentVolume is a folder `<state>/volumes/<name>`: pods mount it, VMs use the
 * `disk.img` or `disk.qcow2` in it, as KubeVirt does with file system claims. Everything is idempotent.
 */
export interface VolumeDriver {
  /** Makes room for a PersistentVolume. Throws Failure `no-space`. */
  provision(volume: { readonly name: string; readonly sizeBytes: number }): Promise<void>;
  /** Removes a PersistentVolume and all its data. */
  remove(name: string): Promise<void>;
  /** The folder of a PersistentVolume. */
  folder(name: string): string;
}
