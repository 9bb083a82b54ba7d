/**
 * QMP, the protocol by which a QEMU process is driven: bytes ↔ messages (wire), requests ↔ replies and events
 * (session), and what may be said with what patience (commands). Nothing here knows what a machine is.
 */
export * from './commands.ts';
export * from './session.ts';
export * from './wire.ts';
