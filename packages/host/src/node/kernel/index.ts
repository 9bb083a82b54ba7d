/**
 * Linux kernels as QEMU can start them. A bzImage unpacks itself in the guest, which without KVM takes longer than all
 * the rest of its way to userland: the host does it instead, once an image, and starts the ELF file inside by PVH.
 */
export * from './direct-kernel.ts';
export * from './kernel-image.ts';
