/**
 * How guests' instructions are carried out on this host. `/dev/kvm` may be there, open, answer, even run a BIOS, and yet
 * hang every Linux: so KVM is believed only after a real kernel has come to its first line of userland under it.
 */
export * from './prove-acceleration.ts';
