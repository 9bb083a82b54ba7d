/** Does what a remedy says, word by word, so that tests can see whether it helps. */
import type { Taint } from '@godwit/kinds';
import { gpuShareResource } from '../../amounts.ts';
import { gpuOf, isGpuResource, withGpuShares } from '../../request/common.ts';
import type { MachineRequest } from '../../request/machine-request.ts';
import type { Host } from '../../snapshot/host.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { exampleRequest } from '../../testing/examples.ts';
import { portName } from '../words.ts';

/** A cluster, and a machine that is to fit in. */
export interface Scene {
  readonly snapshot: Snapshot;
  request: MachineRequest;
}

/** One of the alternatives of a remedy. @returns how many things were done */
export function obey(words: string, scene: Scene): number {
  let count = 0;
  for (const { pattern, act } of ORDERS) {
    for (const match of words.matchAll(pattern)) {
      act(scene, ...match.slice(1).map((group) => group ?? ''));
      count++;
    }
  }
  return count;
}

type Act = (scene: Scene, ...words: string[]) => void;

const NAME = String.raw`[\w.-]+`;

const ORDERS: readonly { readonly pattern: RegExp; readonly act: Act }[] = [
  { pattern: new RegExp(`(?:ask for|and|,) ([\\d.]+ ?\\S*?) less (?:whole )?([\\w./-]+)`, 'g'), act: askForLess },
  {
    pattern: new RegExp(
      `free ([\\d.]+ ?\\S*?) more (?:whole )?([\\w./-]+)(?: of one GPU)? on (?:any of \\d+ hosts \\()?(${NAME})`,
      'g',
    ),
    act: free,
  },
  {
    pattern: new RegExp(`take (\\d+) machines? off (?:any of \\d+ hosts \\()?(${NAME})`, 'g'),
    act: (scene, count, host) => free(scene, count, 'pods', host),
  },
  { pattern: new RegExp(`move pod/(${NAME}) to (${NAME})`, 'g'), act: move },
  { pattern: /(?:stop|move) ((?:pod\/\S+(?:, | and )?)+?)(?:, which|$| off|, or| and (?!pod))/g, act: stop },
  {
    pattern: new RegExp(`uncordon (?:any of \\d+ hosts \\()?(${NAME})`, 'g'),
    act: (scene, host) => change(scene, host, { schedulable: true }),
  },
  {
    pattern: new RegExp(`wake (?:any of \\d+ hosts \\()?(${NAME})`, 'g'),
    act: (scene, host) => change(scene, host, { ready: true, asleep: false }),
  },
  {
    pattern: new RegExp(`bring (?:any of \\d+ hosts \\()?(${NAME})[^a-z]*back`, 'g'),
    act: (scene, host) => change(scene, host, { ready: true }),
  },
  {
    pattern: new RegExp(
      `give (${NAME}) the labels? ((?:[\\w./-]+(?:=\\S+| with a value of its own)?(?:, | and )?)+?)(?= and [a-z]+ |, or|$)`,
      'g',
    ),
    act: giveLabels,
  },
  { pattern: new RegExp(`take the labels? (.+?) from (${NAME})`, 'g'), act: takeLabels },
  { pattern: new RegExp(`remove the taints? (.+?) from (${NAME})`, 'g'), act: removeTaints },
  { pattern: /tolerate (\{.+\})/g, act: tolerate },
  { pattern: /take (?:an)?other host ports? than (.+?)(?= and [a-z]|, or|$)/g, act: leavePorts },
  { pattern: /a maxSkew of (\d+) over ([\w./-]+)/g, act: allowSkew },
  { pattern: new RegExp(`a machine with (\\w+)=(\\w+) on (${NAME})`, 'g'), act: start },
  { pattern: /(\d+) machines? with (\w+)=(\w+) in ([\w.-]+)/g, act: stopSome },
  { pattern: /do not ask to be near/g, act: (scene) => forget(scene, 'podAffinity') },
  { pattern: /do not ask to be far from/g, act: (scene) => forget(scene, 'podAntiAffinity') },
  { pattern: /(?:ask for|and|,) no ([\w./-]+)/g, act: askForNone },
];

function askForLess(scene: Scene, size: string, resource: string): void {
  const { request } = scene;
  askFor(scene, resource, Math.max(0, (request.amounts[resource] ?? 0) - amountRead(size)));
}

function askForNone(scene: Scene, resource: string): void {
  askFor(scene, resource, 0);
}

function askFor(scene: Scene, resource: string, amount: number): void {
  const { gpu, ...request } = scene.request;
  const amounts = { ...request.amounts, [resource]: amount };
  if (!gpu || !isGpu(resource)) scene.request = { ...scene.request, amounts };
  else {
    const less = gpuOf(resource === gpuShareResource ? amounts : { [resource]: amount });
    scene.request = { ...request, amounts: withGpuShares(amounts, less), ...(less && { gpu: less }) };
  }
}

function isGpu(resource: string): boolean {
  return isGpuResource(resource) || resource === gpuShareResource;
}

/** As if machines that take so much had gone. */
function free({ snapshot }: Scene, size: string, resource: string, host: string): void {
  const row = snapshot.rowOf(host) as number;
  snapshot.columns(resource).used.add(row, -amountRead(size));
  if (isGpu(resource)) freeGpus(snapshot.gpus.free(row), amountRead(size), resource === gpuShareResource);
}

function freeGpus(free: Int32Array, amount: number, isShare: boolean): void {
  const fullest = [...free.keys()].sort((a, b) => (free[b] ?? 0) - (free[a] ?? 0));
  if (isShare) free[fullest[0] ?? 0] = (free[fullest[0] ?? 0] ?? 0) + amount;
  else for (const device of fullest.filter((each) => (free[each] ?? 0) < 1000).slice(0, amount)) free[device] = 1000;
}

function move({ snapshot }: Scene, name: string, to: string): void {
  const moved = snapshot.machines.get(name)?.request as MachineRequest;
  snapshot.remove(name);
  snapshot.put(moved, to);
}

function stop({ snapshot }: Scene, names: string): void {
  for (const [, name = ''] of names.matchAll(/pod\/([\w.-]+)/g)) snapshot.remove(name);
}

function stopSome({ snapshot }: Scene, count: string, key: string, value: string, place: string): void {
  const there = [...snapshot.machines.values()].filter(
    ({ request, row }) =>
      request.labels[key] === value && Object.values(snapshot.hosts[row]?.labels ?? {}).includes(place),
  );
  for (const { request } of there.slice(0, Number(count))) snapshot.remove(request.uid);
}

function hostOf({ snapshot }: Scene, name: string): Host {
  return snapshot.hosts[snapshot.rowOf(name) as number] as Host;
}

function change(scene: Scene, name: string, over: Partial<Host>): void {
  scene.snapshot.setHost({ ...hostOf(scene, name), ...over });
}

function giveLabels(scene: Scene, name: string, labels: string): void {
  const given = labels
    .replaceAll(' with a value of its own', '')
    .split(/, | and /)
    .map((label) => label.split('='));
  change(scene, name, {
    labels: {
      ...hostOf(scene, name).labels,
      ...Object.fromEntries(given.map(([key, value]) => [key, value ?? 'fresh'])),
    },
  });
}

function takeLabels(scene: Scene, labels: string, name: string): void {
  const taken = new Set(labels.split(/, | and /));
  const left = Object.entries(hostOf(scene, name).labels).filter(([label]) => !taken.has(label));
  change(scene, name, { labels: Object.fromEntries(left) });
}

function taintsRead(text: string): Taint[] {
  return [...text.matchAll(/\{(\S+): (\S*)\}/g)].map(([, key = '', value = '']) => ({
    key,
    value,
    effect: 'NoSchedule',
  }));
}

function removeTaints(scene: Scene, text: string, name: string): void {
  const gone = new Set(taintsRead(text).map(({ key }) => key));
  change(scene, name, { taints: hostOf(scene, name).taints.filter(({ key }) => !gone.has(key)) });
}

function tolerate(scene: Scene, text: string): void {
  const more = taintsRead(text).map(({ key, value = '' }) => ({ key, value }));
  scene.request = { ...scene.request, tolerations: [...scene.request.tolerations, ...more] };
}

function leavePorts(scene: Scene, text: string): void {
  const left = new Set(text.split(/, | and /));
  scene.request = { ...scene.request, ports: scene.request.ports.filter((port) => !left.has(portName(port))) };
}

function allowSkew(scene: Scene, skew: string, topologyKey: string): void {
  const spread = scene.request.spread.map((each) =>
    each.topologyKey === topologyKey ? { ...each, maxSkew: Math.max(each.maxSkew, Number(skew)) } : each,
  );
  scene.request = { ...scene.request, spread };
}

function start({ snapshot }: Scene, key: string, value: string, host: string): void {
  snapshot.put(exampleRequest(`started-${key}-${value}`, { labels: { [key]: value }, amounts: {} }), host);
}

function forget(scene: Scene, which: 'podAffinity' | 'podAntiAffinity'): void {
  const { [which]: _, ...affinity } = scene.request.affinity ?? {};
  scene.request = { ...scene.request, affinity };
}

/** `1.9 GiB`, `1.5 cores`, `2`, as an amount. */
function amountRead(text: string): number {
  const [, value = '', unit = ''] = /^([\d.]+) ?(\S*)$/.exec(text) ?? [];
  if (unit === '') return Number(value);
  const power = ['B', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
  return power < 0 ? Math.round(Number(value) * 1000) : Math.floor(Number(value) * 1024 ** power);
}
