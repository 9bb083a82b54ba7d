/** Kernels out of Debian packages: the image as an ELF file that starts without unpacking itself, and its modules. */
export * from './kernel-image.ts';
export * from './kernel-modules.ts';
