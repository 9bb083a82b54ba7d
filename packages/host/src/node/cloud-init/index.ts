/** Small read-only disks by which a guest learns who it is: seeds of cloud-init, keys of ConfigMaps and Secrets. */
export * from './iso9660.ts';
