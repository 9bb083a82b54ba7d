import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@godwit/base';
import { exists, runProgram } from '@godwit/base/node';
import type { GuestOptions } from './guest-options.ts';

/** Files of a Debian package that was unpacked, never installed. */
export interface UnpackedPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/**
 * Fetches a package by apt, as this machine would, and unpacks it into a folder of ours. What is there already is
 * used again.
 */
export async function unpackPackage(name: string, options: GuestOptions): Promise<UnpackedPackage> {
  const version = await candidate(name, options);
  const folder = join(options.folder, 'packages', `${name}_${version.replaceAll(/[^A-Za-z0-9.+~-]/g, '_')}`);
  if (await exists(folder)) return { name, version, folder };
  options.progress(`fetching ${name} ${version}`);
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, 'download'), { recursive: true });
  const download = join(draft, 'download');
  const program = programOptions(options);
  await runProgram('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', `${name}=${version}`], {
    ...program,
    folder: download,
  });
  const [file] = await readdir(download);
  if (!file) throw new Failure('package-missing', `apt fetched nothing for ${name}`);
  await runProgram('dpkg-deb', ['-x', join(download, file), join(draft, 'files')], program);
  await rename(join(draft, 'files'), folder);
  await rm(draft, { recursive: true, force: true });
  return { name, version, folder };
}

/** The package that a meta package stands for: `linux-image-cloud-amd64` is a certain kernel. */
export async function packageBehind(meta: string, options: GuestOptions): Promise<string> {
  const text = await aptCache(['depends', meta], options);
  const found = /^\s*Depends: (linux-image-\S+)$/m.exec(text)?.[1];
  if (!found) throw new Failure('package-missing', `apt does not know which kernel ${meta} stands for`);
  return found;
}

async function candidate(name: string, options: GuestOptions): Promise<string> {
  const version = /^\s*Candidate: (?!\(none\))(\S+)$/m.exec(await aptCache(['policy', name], options))?.[1];
  if (!version) throw new Failure('package-missing', `apt has no package ${name}`);
  return version;
}

/** Asks apt, after fetching its lists where it has none yet. */
async function aptCache(args: readonly string[], options: GuestOptions): Promise<string> {
  const ask = async () =>
    (await runProgram('apt-cache', args, programOptions(options)).catch(() => undefined))?.stdout ?? '';
  const text = await ask();
  if (/Candidate: (?!\(none\))|Depends:/.test(text)) return text;
  options.progress('fetching the package lists');
  await runProgram('apt-get', ['update', '-q'], programOptions(options));
  return ask();
}

function programOptions({ signal }: GuestOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
