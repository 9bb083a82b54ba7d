/** A path inside a volume: relative, and never above its root. Answers what is wrong. */
export function localPathFault(path: string): string | undefined {
  if (path.startsWith('/')) return 'must be a relative path';
  if (path.split('/').includes('..')) return "must not contain '..'";
  return undefined;
}
