/** Disks as files: PersistentVolumes as folders, images and overlays by `qemu-img`, and what fills them. */
export * from './disk-image.ts';
export { type DownloadPlace, downloadWithin } from './download-within.ts';
export * from './folder-volumes.ts';
export * from './local-volume-filler.ts';
