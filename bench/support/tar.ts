/** Files of a tar archive in memory, by path. Knows plain files only, which is all that traces consist of. */
export function* filesOfTar(bytes: Buffer): Iterable<{ readonly path: string; readonly content: Buffer }> {
  const BLOCK = 512;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const text = (from: number, length: number) =>
      bytes.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const path = text(0, 100);
    if (path === '') return;
    const prefix = text(345, 155);
    const size = Number.parseInt(text(124, 12), 8);
    const type = text(156, 1);
    const begin = at + BLOCK;
    if (type === '' || type === '0') {
      yield { path: prefix === '' ? path : `${prefix}/${path}`, content: bytes.subarray(begin, begin + size) };
    }
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
}
