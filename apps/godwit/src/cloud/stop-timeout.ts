/** Longest that all machines together may take to stop, in milliseconds. */
export const STOP_TIMEOUT_MS = 180_000;
