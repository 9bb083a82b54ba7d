/**
 * What virtual machines boot from, taken out of container images (KubeVirt's containerDisk and kernelBoot). Each image
 * is laid out once under `<state>/images/<id>/`; machines read it there through overlays of their own.
 */
export * from './image-files.ts';
export * from './image-resolver.ts';
