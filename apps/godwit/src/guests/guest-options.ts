/** Where a guest is built, and who is told how far it is. */
export interface GuestOptions {
  /** Packages, drafts and finished disks are kept here: `<state>/guests`. */
  readonly folder: string;
  /** One line for people at each step. */
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Build even if the same guest is there already. */
  readonly force?: boolean;
}

export interface BuiltGuest {
  /** Name of the image in the host's store. */
  readonly image: string;
  /** A bootable disk for import. */
  readonly disk: string;
  /** False when it was there already. */
  readonly built: boolean;
}
