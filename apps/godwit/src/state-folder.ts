import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeOf, Failure } from '@godwit/base';

export const DEFAULT_STATE_FOLDER = '/var/lib/godwit';
const DEFAULT_PORT = 6443;

/** Where everything of one Godwit lives. Nothing is kept outside it but what `names` lists. */
export interface StateFolder {
  readonly root: string;
  readonly store: string;
  readonly pki: string;
  readonly kubeconfig: string;
  readonly machines: string;
  readonly volumes: string;
  readonly images: string;
  readonly containers: string;
  readonly network: string;
  readonly controlSocket: string;
  readonly log: string;
  readonly instance: Instance;
}

/**
 * What sets one Godwit apart from another on the same machine. Derived from the state folder's path at
 * first use and then kept, so that addresses never move under running machines.
 */
export interface Instance {
  /** Eight hexadecimal digits that names on the host carry: namespaces, interfaces, tables. */
  readonly id: string;
  /** Second octet of this instance's private range 10.x.0.0/16, 64 to 127. */
  readonly octet: number;
  /** TCP port of the API when none is asked for. */
  readonly port: number;
}

const INSTANCE_FILE = 'instance.json';
/** What may lie in a folder that is taken as a new state folder: a fresh file system, a log that came first. */
const HARMLESS = new Set(['lost+found', 'godwit.log', `${INSTANCE_FILE}.new`]);

/** Whether a Godwit has lived here. */
export function isStateFolder(path: string): boolean {
  return existsSync(join(path, INSTANCE_FILE));
}

/**
 * Opens or makes a state folder, readable by its owner alone. Codes: `state-folder-unusable` (not writable, read-only,
 * full, no folder), `not-a-state-folder` (it holds what others made: `down --purge` would remove it).
 */
export function openStateFolder(path: string): StateFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!isStateFolder(path)) assertEmpty(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return openFolders(realpathSync(path));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('state-folder-unusable', `${path} ${troubleWith(path, error)}`, { cause: error });
  }
}

function assertEmpty(path: string): void {
  const others = readdirSync(path).filter((name) => !HARMLESS.has(name));
  if (others.length === 0) return;
  const message = `${path} is no state folder of Godwit: ${others[0]} lies in it. Choose a new or an empty folder`;
  throw new Failure('not-a-state-folder', message);
}

const TROUBLES: Readonly<Record<string, string>> = {
  EACCES: 'may not be written by this user',
  EPERM: 'may not be written by this user',
  EROFS: 'lies on a read-only file system',
  ENOSPC: 'lies on a full file system',
  EDQUOT: 'lies on a file system whose quota is used up',
  ENOTDIR: 'is no folder, or lies below something that is none',
  EEXIST: 'is no folder',
};

/** In words. Making a folder on a read-only file system may say that something is missing: then its parent is asked. */
function troubleWith(path: string, error: unknown): string {
  let code = codeOf(error);
  for (let folder = resolve(path); code === 'ENOENT'; folder = dirname(folder)) {
    try {
      accessSync(folder, constants.W_OK);
      break;
    } catch (parentError) {
      code = codeOf(parentError);
    }
  }
  return TROUBLES[code] ?? 'cannot be used';
}

function openFolders(root: string): StateFolder {
  // First of all: it says that the folder is ours.
  const instance = instanceOf(root);
  const folder = (name: string) => {
    const child = join(root, name);
    mkdirSync(child, { recursive: true, mode: 0o700 });
    return child;
  };
  return {
    root,
    store: join(root, 'store.db'),
    kubeconfig: join(root, 'admin.kubeconfig'),
    controlSocket: join(root, 'control.sock'),
    log: join(root, 'godwit.log'),
    pki: folder('pki'),
    machines: folder('machines'),
    volumes: folder('volumes'),
    images: folder('images'),
    containers: folder('containers'),
    network: folder('network'),
    instance,
  };
}

function instanceOf(root: string): Instance {
  const file = join(root, INSTANCE_FILE);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Instance;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const instance = deriveInstance(root, octetsInUse());
  writeFileSync(`${file}.new`, `${JSON.stringify(instance)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return instance;
}

/** Pure: the same path and the same neighbours give the same instance. */
export function deriveInstance(root: string, taken: ReadonlySet<number>): Instance {
  const digest = createHash('sha256').update(root).digest();
  const first = digest.readUInt8(4) % 64;
  const octets = Array.from({ length: 64 }, (_, index) => 64 + ((first + index) % 64));
  return {
    id: digest.toString('hex', 0, 4),
    octet: octets.find((octet) => !taken.has(octet)) ?? 64 + first,
    port: root === DEFAULT_STATE_FOLDER ? DEFAULT_PORT : 16_443 + (digest.readUInt32BE(8) % 10_000),
  };
}

/** Second octets of the 10.0.0.0/8 ranges that this host already has a foot in. */
function octetsInUse(): ReadonlySet<number> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const parts = addresses.map(({ address }) => address.split('.'));
  return new Set(parts.filter(([first]) => first === '10').map(([, second]) => Number(second)));
}

/** The address plan of an instance (see docs/network.md). */
export function addressPlan({ octet }: Instance) {
  return {
    subnet: `10.${octet}.0.0/17`,
    gateway: `10.${octet}.0.1`,
    serviceSubnet: `10.${octet}.128.0/18`,
    apiServiceAddress: `10.${octet}.128.1`,
    loadBalancerRange: `10.${octet}.192.0/24`,
    uplinkHostAddress: `10.${octet}.255.1`,
    uplinkInnerAddress: `10.${octet}.255.2`,
  };
}
