import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure, SeededIds, SystemClock, silentLog } from '@godwit/base';
import { systemRandom } from '@godwit/base/node';
import { ApiClient } from '@godwit/client';
import { HttpDoor, readKubeconfig } from '@godwit/client/node';
import { ApiMeter } from '@godwit/controllers';
import type { Address, Door, KubeObject } from '@godwit/kinds';
import { load } from 'js-yaml';
import {
  type CloudObjects,
  knownCloudOf,
  makePlan,
  makeReport,
  type Run,
  readScenario,
  rehearse,
  renderPage,
  renderText,
} from '../sim/rehearsal/index.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatDuration } from '../terminal/units.ts';

export interface RehearseOptions {
  /** A kubeconfig, or a saved list of nodes and machines. */
  readonly from?: string;
  readonly traces?: string;
  readonly seed?: string;
  readonly json?: boolean;
  /** Where the HTML report goes. */
  readonly out?: string;
}

/** `godwit sim scenario.yaml`: what would happen. */
export async function rehearseScenario(path: string, options: RehearseOptions): Promise<void> {
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  const { metadata, spec } = await readScenario(readYaml(path));
  const seeded = options.seed === undefined ? spec : { ...spec, seed: Number(options.seed) };
  const known = options.from === undefined ? undefined : knownCloudOf(await readCloud(options.from));
  const plan = makePlan(metadata.name ?? path, seeded, (trace) => readTrace(trace, path, options.traces), known);
  if (plan.hosts.length === 0) throw new Failure('no-hosts', 'the scenario has no hosts: describe some, or say --from');
  const bar = new ProgressBar(process.stderr);
  const runs: Run[] = [];
  for (const [index, policy] of plan.policies.entries()) {
    runs.push(
      await rehearse(plan, policy, (share, doing) =>
        bar.show((index + share) / plan.policies.length, `${policy.name}: ${doing}`),
      ),
    );
  }
  bar.done();
  const report = makeReport(plan, runs);
  if (options.out !== undefined) writeFileSync(options.out, renderPage(report));
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else {
    const terminal = new Terminal();
    terminal.line(renderText(report));
    terminal.success(`rehearsed in ${formatDuration(clock.monotonic() - startedMs)}`);
    if (options.out !== undefined) terminal.line(`report: ${options.out}`);
  }
}

function readYaml(path: string): unknown {
  try {
    return load(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Failure('cannot-read', `cannot read ${path}`, { cause: error });
  }
}

/** Beside the scenario, or in the folder of traces. */
function readTrace(trace: string, scenario: string, folder: string | undefined): string {
  const places = [resolve(dirname(scenario), trace), ...(folder === undefined ? [] : [resolve(folder, trace)])];
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8');
    } catch {
      // The next place.
    }
  }
  throw new Failure('no-trace', `there is no trace ${trace}: looked for ${places.join(', ')}`);
}

interface SavedList {
  readonly kind?: string;
  readonly items?: readonly KubeObject[];
}

/** `kubectl get nodes,vmi,pods,balancepolicies -A -o json` is a saved cloud; a kubeconfig leads to a live one. */
async function readCloud(path: string): Promise<CloudObjects> {
  const content = readYaml(path) as SavedList;
  if (content.kind === 'Config') return readLive(path);
  if (!Array.isArray(content.items)) {
    throw new Failure('not-a-cloud', `${path} is neither a kubeconfig nor a list of nodes and machines`);
  }
  const of = (kind: string) => (content.items ?? []).filter((item) => item.kind === kind);
  const [nodes, instances, pods] = [of('Node'), of('VirtualMachineInstance'), of('Pod')];
  return { nodes, instances, pods, policies: of('BalancePolicy') };
}

async function readLive(path: string): Promise<CloudObjects> {
  const clock = new SystemClock();
  const door = new HttpDoor(readKubeconfig(path), { clock });
  const list = async (address: Address, kind: string) => {
    const { items } = await door.list(address, {});
    // Items of a list do not say what they are.
    return (items as readonly KubeObject[]).map((item) => ({ ...item, kind, apiVersion: 'v1' }));
  };
  const [nodes, instances, pods, policies] = await Promise.all([
    list({ group: '', version: 'v1', plural: 'nodes' }, 'Node'),
    list({ group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances' }, 'VirtualMachineInstance'),
    list({ group: '', version: 'v1', plural: 'pods' }, 'Pod'),
    list({ group: 'godwit.dev', version: 'v1alpha1', plural: 'balancepolicies' }, 'BalancePolicy'),
  ]);
  return { nodes, instances, pods, policies, use: await readUse(door, clock) };
}

/** What machines use now; nothing is known where nobody measures it. */
async function readUse(door: Door, clock: SystemClock): Promise<NonNullable<CloudObjects['use']>> {
  const random = systemRandom();
  const client = new ApiClient(door, { clock, random, ids: new SeededIds(random), log: silentLog });
  try {
    return await new ApiMeter(client).read();
  } catch {
    return new Map();
  } finally {
    client.close();
  }
}
