/**
 * Connections that stop being HTTP: sessions with processes (exec, attach), forwarded ports, consoles and
 * screens. Each protocol that clients speak is one file; all of them move bytes between the client and a
 * `MachineStream`.
 */
export * from './upgrader.ts';
