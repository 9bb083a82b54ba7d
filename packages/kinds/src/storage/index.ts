/** Disks: claims by users, volumes that answer them, classes that say how volumes are made. */
export * from './local-volume.ts';
export * from './persistent-volume.ts';
export * from './persistent-volume-claim.ts';
export * from './persistent-volume-claim-spec.ts';
export * from './storage-class.ts';
