import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@godwit/base';
import type { MachineRecords } from '../../machine/index.ts';

/**
 * Records as files `<folder>/<uid>/<name>.json`, each written beside itself and moved into place. Not
 * synced: a power cut ends the machines too, and the API keeps their specs.
 */
export class FileRecords implements MachineRecords {
  readonly #folder: string;
  readonly #name: string;

  /** @param name what the record is of (`pod`), so that kinds of machines can share `<state>/machines` */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  async load(): Promise<ReadonlyMap<string, unknown>> {
    const records = new Map<string, unknown>();
    await mkdir(this.#folder, { recursive: true });
    for (const uid of await readdir(this.#folder)) {
      try {
        records.set(uid, JSON.parse(await readFile(this.#path(uid), 'utf8')));
      } catch (error) {
        if (!(error instanceof SyntaxError) && !hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw error;
      }
    }
    return records;
  }

  async save(uid: string, record: unknown): Promise<void> {
    const path = this.#path(uid);
    const text = JSON.stringify(record);
    try {
      await writeFile(`${path}.new`, text);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      await mkdir(join(this.#folder, uid), { recursive: true });
      await writeFile(`${path}.new`, text);
    }
    await rename(`${path}.new`, path);
  }

  async remove(uid: string): Promise<void> {
    await rm(join(this.#folder, uid), { recursive: true, force: true });
  }

  #path(uid: string): string {
    return join(this.#folder, uid, `${this.#name}.json`);
  }
}
