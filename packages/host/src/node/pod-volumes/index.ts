/**
 * Folders and files of pods.
 *
 * - `pod-folder-driver.ts` volumes of every kind, and the files that each run of a container mounts
 * - `atomic-folder.ts` replaces the content of a configuration volume at once, as programs expect
 * - `sub-path.ts` finds a path inside a volume without leaving it; `ownership.ts` fsGroup
 * - `container-logs.ts`, `log-lines.ts` output of containers: read, followed, rotated
 */
export * from './container-logs.ts';
export * from './pod-folder-driver.ts';
