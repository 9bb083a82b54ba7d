/**
 * Small read-only disks, as ISO 9660 images with Joliet names (ECMA-119, and Microsoft's Joliet specification).
 *
 * Written here rather than by genisoimage or xorriso: a seed is a few kilobytes that stand between an order and a
 * running machine, and a process takes twenty times as long as these few loops. Joliet is enough for Linux, the BSDs
 * and Windows to see names as they are; ISO 9660 names are there for the rest.
 */

const SECTOR = 2048;
const FIRST_DESCRIPTOR = 16;

interface Folder {
  readonly name: string;
  readonly parent: Folder | undefined;
  readonly folders: Folder[];
  readonly files: File[];
}

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How names and sectors stand in one of the two trees of the image. */
interface Tree {
  readonly joliet: boolean;
  readonly sectorOf: Map<Folder | File, number>;
  readonly sizeOf: Map<Folder, number>;
}

/**
 * The bytes of an image with these files, by path (`openstack/latest/user_data`).
 * @param label volume name, at most 16 characters, such as `cidata`
 * @param epochMs time stamp of everything in it, milliseconds since the epoch
 */
export function iso9660(label: string, files: ReadonlyMap<string, Uint8Array>, epochMs: number): Uint8Array {
  const root = folderTree(files);
  const folders = inOrder(root);
  const plain: Tree = { joliet: false, sectorOf: new Map(), sizeOf: new Map() };
  const joliet: Tree = { joliet: true, sectorOf: new Map(), sizeOf: new Map() };
  let sector = FIRST_DESCRIPTOR + 3;
  const pathTables: { tree: Tree; bigEndian: boolean; sector: number; bytes: Uint8Array }[] = [];
  for (const tree of [plain, joliet]) {
    for (const bigEndian of [false, true]) {
      const size = folders.reduce((sum, folder) => sum + pathTableEntrySize(folder, tree), 0);
      pathTables.push({ tree, bigEndian, sector, bytes: new Uint8Array(size) });
      sector += sectors(size);
    }
  }
  for (const tree of [plain, joliet]) {
    for (const folder of folders) {
      const size = folderSize(folder, tree);
      tree.sectorOf.set(folder, sector);
      tree.sizeOf.set(folder, size);
      sector += size / SECTOR;
    }
  }
  for (const file of folders.flatMap((folder) => folder.files)) {
    for (const tree of [plain, joliet]) tree.sectorOf.set(file, file.bytes.length === 0 ? 0 : sector);
    sector += sectors(file.bytes.length);
  }
  const image = new Uint8Array(sector * SECTOR);
  const date = new Date(epochMs);
  writeDescriptors(image, { label, root, plain, joliet, pathTables, sectors: sector, date });
  for (const table of pathTables) {
    writePathTable(image, table.sector * SECTOR, folders, table.tree, table.bigEndian);
  }
  for (const tree of [plain, joliet]) for (const folder of folders) writeFolder(image, folder, tree, date);
  for (const file of folders.flatMap((folder) => folder.files)) {
    image.set(file.bytes, (plain.sectorOf.get(file) as number) * SECTOR);
  }
  return image;
}

function sectors(bytes: number): number {
  return Math.ceil(bytes / SECTOR);
}

function folderTree(files: ReadonlyMap<string, Uint8Array>): Folder {
  const root: Folder = { name: '', parent: undefined, folders: [], files: [] };
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = path.split('/').filter((part) => part !== '');
    const name = parts.pop() as string;
    let folder = root;
    for (const part of parts) {
      let next = folder.folders.find((child) => child.name === part);
      if (!next) folder.folders.push((next = { name: part, parent: folder, folders: [], files: [] }));
      folder = next;
    }
    folder.files.push({ name, bytes });
  }
  return root;
}

/** Breadth first: the order of path tables. */
function inOrder(root: Folder): Folder[] {
  const folders = [root];
  for (const folder of folders) folders.push(...folder.folders);
  return folders;
}

/** The name of an entry as bytes of its tree. ISO 9660 names are made unique by their place in the folder. */
function encodedName(entry: Folder | File, siblings: readonly (Folder | File)[], tree: Tree): Uint8Array {
  const file = 'bytes' in entry;
  if (tree.joliet) return utf16(entry.name.slice(0, 64));
  const plain = entry.name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  const index = siblings.indexOf(entry);
  const unique = siblings.some((other, place) => {
    return (
      place < index &&
      other.name
        .toUpperCase()
        .replaceAll(/[^A-Z0-9_]/g, '_')
        .slice(0, 8) === plain.slice(0, 8)
    );
  });
  const short = unique ? `${plain.slice(0, 5)}${String(index).padStart(3, '0')}` : plain.slice(0, 8);
  return new TextEncoder().encode(file ? `${short}.;1` : short);
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index), false);
  return bytes;
}

const SELF = Uint8Array.of(0);
const PARENT = Uint8Array.of(1);

function entriesOf(folder: Folder, tree: Tree): { entry: Folder | File; name: Uint8Array }[] {
  const siblings = [...folder.folders, ...folder.files];
  const named = siblings.map((entry) => ({ entry, name: encodedName(entry, siblings, tree) }));
  named.sort((a, b) => compareBytes(a.name, b.name));
  return [{ entry: folder, name: SELF }, { entry: folder.parent ?? folder, name: PARENT }, ...named];
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function recordSize(name: Uint8Array): number {
  return 33 + name.length + (name.length % 2 === 0 ? 1 : 0);
}

/** Records never cross a sector's end. */
function folderSize(folder: Folder, tree: Tree): number {
  let offset = 0;
  for (const { name } of entriesOf(folder, tree)) offset = placeOf(offset, recordSize(name)) + recordSize(name);
  return sectors(offset) * SECTOR;
}

function placeOf(offset: number, size: number): number {
  const left = SECTOR - (offset % SECTOR);
  return size > left ? offset + left : offset;
}

function writeFolder(image: Uint8Array, folder: Folder, tree: Tree, date: Date): void {
  const start = (tree.sectorOf.get(folder) as number) * SECTOR;
  let offset = 0;
  for (const { entry, name } of entriesOf(folder, tree)) {
    const size = recordSize(name);
    offset = placeOf(offset, size);
    writeRecord(image, start + offset, entry, name, tree, date);
    offset += size;
  }
}

function writeRecord(
  image: Uint8Array,
  at: number,
  entry: Folder | File,
  name: Uint8Array,
  tree: Tree,
  date: Date,
): void {
  const file = 'bytes' in entry;
  const view = new DataView(image.buffer, at);
  view.setUint8(0, recordSize(name));
  both32(view, 2, tree.sectorOf.get(entry) ?? 0);
  both32(view, 10, file ? entry.bytes.length : (tree.sizeOf.get(entry) as number));
  shortDate(view, 18, date);
  view.setUint8(25, file ? 0 : 2);
  both16(view, 28, 1);
  view.setUint8(32, name.length);
  image.set(name, at + 33);
}

function pathTableEntrySize(folder: Folder, tree: Tree): number {
  const name = folder.parent ? encodedName(folder, [...folder.parent.folders, ...folder.parent.files], tree) : SELF;
  return 8 + name.length + (name.length % 2);
}

function writePathTable(
  image: Uint8Array,
  at: number,
  folders: readonly Folder[],
  tree: Tree,
  bigEndian: boolean,
): void {
  let offset = at;
  for (const folder of folders) {
    const siblings = folder.parent ? [...folder.parent.folders, ...folder.parent.files] : [];
    const name = folder.parent ? encodedName(folder, siblings, tree) : SELF;
    const view = new DataView(image.buffer, offset);
    view.setUint8(0, name.length);
    view.setUint32(2, tree.sectorOf.get(folder) as number, !bigEndian);
    view.setUint16(6, folders.indexOf(folder.parent ?? folder) + 1, !bigEndian);
    image.set(name, offset + 8);
    offset += 8 + name.length + (name.length % 2);
  }
}

interface Volume {
  readonly label: string;
  readonly root: Folder;
  readonly plain: Tree;
  readonly joliet: Tree;
  readonly pathTables: readonly { tree: Tree; bigEndian: boolean; sector: number; bytes: Uint8Array }[];
  readonly sectors: number;
  readonly date: Date;
}

function writeDescriptors(image: Uint8Array, volume: Volume): void {
  writeDescriptor(image, FIRST_DESCRIPTOR, 1, volume, volume.plain);
  writeDescriptor(image, FIRST_DESCRIPTOR + 1, 2, volume, volume.joliet);
  image.set(Uint8Array.of(255, ...ascii('CD001'), 1), (FIRST_DESCRIPTOR + 2) * SECTOR);
}

/** A primary (1) or supplementary (2) volume descriptor, ECMA-119 8.4 and 8.5. */
function writeDescriptor(image: Uint8Array, sector: number, type: number, volume: Volume, tree: Tree): void {
  const at = sector * SECTOR;
  const view = new DataView(image.buffer, at);
  image.set(Uint8Array.of(type, ...ascii('CD001'), 1), at);
  const put = (offset: number, length: number, text: string) => {
    const bytes = tree.joliet ? utf16(text.padEnd(length >> 1)) : ascii(text.padEnd(length));
    image.set(bytes.subarray(0, length), at + offset);
  };
  put(8, 32, 'LINUX');
  put(40, 32, volume.label);
  both32(view, 80, volume.sectors);
  // Joliet level 3: UCS-2 of any characters.
  if (tree.joliet) image.set(ascii('%/E'), at + 88);
  both16(view, 120, 1);
  both16(view, 124, 1);
  both16(view, 128, SECTOR);
  const tables = volume.pathTables.filter((table) => table.tree === tree);
  both32(view, 132, (tables[0] as { bytes: Uint8Array }).bytes.length);
  view.setUint32(140, (tables[0] as { sector: number }).sector, true);
  view.setUint32(148, (tables[1] as { sector: number }).sector, false);
  writeRecord(image, at + 156, volume.root, SELF, tree, volume.date);
  for (const [offset, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const) {
    put(offset, length, '');
  }
  for (const offset of [813, 830]) longDate(image, at + offset, volume.date);
  for (const offset of [847, 864]) image.set(Uint8Array.of(...ascii('0'.repeat(16)), 0), at + offset);
  view.setUint8(881, 1);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Numbers stand in both byte orders, one after the other. */
function both32(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value, true);
  view.setUint32(offset + 4, value, false);
}

function both16(view: DataView, offset: number, value: number): void {
  view.setUint16(offset, value, true);
  view.setUint16(offset + 2, value, false);
}

function shortDate(view: DataView, offset: number, date: Date): void {
  const parts = [date.getUTCFullYear() - 1900, date.getUTCMonth() + 1, date.getUTCDate()];
  parts.push(date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), 0);
  for (const [index, part] of parts.entries()) view.setUint8(offset + index, part);
}

function longDate(image: Uint8Array, at: number, date: Date): void {
  const digits = date
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 16);
  image.set(Uint8Array.of(...ascii(digits), 0), at);
}
