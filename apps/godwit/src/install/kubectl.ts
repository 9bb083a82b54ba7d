import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from '@godwit/base';
import { runProgram } from '@godwit/base/node';
import { projectRoot } from '../test/tiers.ts';

/** One kubectl on this machine. */
export interface Kubectl {
  readonly path: string;
  /** Such as `1.32`. */
  readonly version: string;
}

/** The oldest kubectl whose streams go over WebSockets. */
const OLDEST_MINOR = 30;
/** Debian's first release with such a kubectl, and the package that has it. */
const SUITE = 'trixie';
const PACKAGE = 'kubectl';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where `fetchKubectl` unpacks it: nothing outside this folder changes. */
const privateFolder = join(projectRoot, 'node_modules/.cache/kubectl');

/**
 * Every kubectl from 1.30 up: those on PATH, all `kubectl*` beside one that is a link into another folder,
 * those in the folders of GODWIT_KUBECTL_PATH, and the one that was fetched. One a version.
 */
export function findKubectls(): Kubectl[] {
  const folders = [
    ...(process.env.GODWIT_KUBECTL_PATH ?? '').split(delimiter),
    ...(process.env.PATH ?? '').split(delimiter),
    ...WELL_KNOWN,
  ].filter((folder) => folder !== '');
  const found = new Map<string, Kubectl>();
  for (const path of folders.flatMap(kubectlsIn)) {
    const version = versionOf(path);
    if (version && Number(version.split('.')[1]) >= OLDEST_MINOR && !found.has(version))
      found.set(version, { path, version });
  }
  return [...found.values()].toSorted((a, b) => Number(a.version.slice(2)) - Number(b.version.slice(2)));
}

/** Where packages put several versions beside a dispatcher that stands on PATH; and ours. */
const WELL_KNOWN = ['/usr/lib/google-cloud-sdk/bin', join(privateFolder, 'files/usr/bin')];

function kubectlsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^kubectl(\.\d+\.\d+)?$/.test(name))
      .map((name) => join(folder, name))
      .filter(isExecutable);
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(path: string): string | undefined {
  const { stdout } = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8', timeout: 20_000 });
  const match = /"gitVersion": "v(\d+\.\d+)/.exec(stdout ?? '');
  return match?.[1];
}

/**
 * Fetches Debian 13's kubectl into a folder of ours, where this machine has none that is new enough. apt does it with
 * lists, sources and cache of its own, so that Debian 12 does not take a package of a later release for anything else.
 * @throws Failure `program-failed` with apt's last words, `package-missing`
 */
export async function fetchKubectl(say: (line: string) => void): Promise<void> {
  if (findKubectls().length > 0) return;
  say(`fetching ${PACKAGE} of Debian ${SUITE}`);
  const draft = `${privateFolder}.new`;
  rmSync(draft, { recursive: true, force: true });
  for (const name of ['lists/partial', 'cache/archives/partial', 'download'])
    mkdirSync(join(draft, name), { recursive: true });
  writeFileSync(join(draft, 'sources.list'), await sources());
  const settings = [
    `Dir::Etc::SourceList=${join(draft, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    'Dir::Etc::Preferences=/dev/null',
    'Dir::Etc::PreferencesParts=/dev/null',
    `Dir::State::Lists=${join(draft, 'lists')}`,
    `Dir::Cache=${join(draft, 'cache')}`,
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  await runProgram('apt-get', ['update', '-q', '--error-on=any', ...settings]);
  const folder = join(draft, 'download');
  await runProgram('apt-get', ['download', '-q', ...settings, PACKAGE], { folder });
  const [file] = readdirSync(folder);
  if (!file) throw new Failure('package-missing', `apt fetched nothing for ${PACKAGE}`);
  await runProgram('dpkg-deb', ['-x', join(folder, file), join(draft, 'files')]);
  for (const name of ['lists', 'cache', 'download']) rmSync(join(draft, name), { recursive: true });
  rmSync(privateFolder, { recursive: true, force: true });
  renameSync(draft, privateFolder);
}

/** The same mirrors that this machine takes its own release from, for the release that has the package. */
async function sources(): Promise<string> {
  const format = '$(RELEASE) $(COMPONENT) $(REPO_URI)';
  const { stdout: targets } = await runProgram('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const { stdout } = spawnSync('sh', ['-c', '. /etc/os-release && printf %s "$VERSION_CODENAME"'], {
    encoding: 'utf8',
  });
  const mirrors = targets
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([release, component]) => (release === stdout || release === 'stable') && component === 'main')
    .map(([, , address]) => address);
  if (mirrors.length === 0) throw new Failure('package-missing', `no apt source of this machine has Debian ${stdout}`);
  const options = existsSync(KEYRING) ? ` [signed-by=${KEYRING}]` : '';
  return [...new Set(mirrors)].map((address) => `deb${options} ${address} ${SUITE} main\n`).join('');
}
