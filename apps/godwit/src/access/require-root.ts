import { Failure } from '@godwit/base';

/** Throws `needs-root` for anybody else, before anything has been touched. */
export function requireRoot(verb: string): void {
  if (process.getuid?.() === 0) return;
  throw new Failure('needs-root', `${verb} makes namespaces, interfaces and mounts: run it as root`);
}
