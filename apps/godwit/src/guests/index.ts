/**
 * Guests to try Godwit with, built from this machine's own Debian packages: `tiny` (a kernel and busybox, up in about
 * two seconds without KVM) and `debian` (a whole system with cloud-init and sshd). Both land in the host's ordinary
 * image store as KubeVirt containerDisks with kernel files, and as qcow2 files for import.
 */
export * from './debian/build-debian.ts';
export type { BuiltGuest, GuestOptions } from './guest-options.ts';
export * from './tiny/build-tiny.ts';
