import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

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

/** Opens or makes a state folder, readable by its owner alone. */
export function openStateFolder(path: string): StateFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const root = realpathSync(path);
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
    instance: instanceOf(root),
  };
}

function instanceOf(root: string): Instance {
  const file = join(root, 'instance.json');
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
