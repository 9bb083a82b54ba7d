/**
 * How much of the GPUs of a large cluster can be given away: Alibaba's trace of 2023, as in the paper on FGD
 * (USENIX ATC'23). Tasks come in random order, more than there is room for, and none leaves.
 */
import { SeededRandom } from '@godwit/base';
import {
  fragmentationPolicy,
  gpuShareResource,
  type MachineRequest,
  place,
  plainRequest,
  Snapshot,
} from '@godwit/planner';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { readCsv, traceFolder } from './support/traces.ts';

const MIB = 2 ** 20;
/** Arrivals ask for this multiple of the GPUs that there are. */
const DEMAND = 1.3;
const SEEDS = [42, 43, 44, 45, 46, 47, 48, 49, 50, 51];
const GOALS = { default: 95.39, cpu250: 93.41 };

export const bench: Bench = async function* ({ traces, say }) {
  const folder = traceFolder(traces, 'openb');
  const published = readCsv(folder, 'fgd_published_allocation.csv');
  const nodes = readCsv(folder, 'openb_node_list_all_node.csv');
  for (const [list, goal] of Object.entries(GOALS)) {
    const tasks = readCsv(folder, `openb_pod_list_${list}.csv`).map(taskOf);
    const runs = SEEDS.map((seed) => {
      say(`openb ${list}: seed ${seed}`);
      return runOnce(nodes, tasks, seed);
    });
    const value = mean(runs.map(({ allocated }) => allocated));
    for (const name of ['05-BestFit', '06-FGD']) {
      const row = published.find((each) => each.workload === `openb_pod_list_${list}` && each.policy === name);
      const peerValue = Number(row?.gpu_alloc_pct_at_130pct_arrived);
      yield {
        bench: 'openb',
        what: `${list}: GPUs given away, mean of ${SEEDS.length} seeds`,
        value,
        unit: '%',
        goal: `> ${goal}`,
        peer: `${name.slice(3)}, published`,
        peerValue,
        ratio: value / peerValue,
        holds: value > goal,
      };
    }
    const worst = Math.min(...runs.map(({ allocated }) => allocated));
    yield { ...plain(`${list}: the worst seed`, worst, '%', `> ${goal}`), holds: worst > goal };
    const seconds = mean(runs.map((run) => run.seconds));
    yield {
      ...plain(`${list}: one run of ${runs[0]?.arrivals} tasks`, seconds, 's', '<= 20'),
      peer: 'FGD, some ten minutes',
      peerValue: 600,
      ratio: seconds / 600,
      holds: seconds <= 20,
    };
  }
};

const plain = (what: string, value: number, unit: string, goal: string): Omit<BenchRow, 'holds'> => ({
  bench: 'openb',
  what,
  value,
  unit,
  goal,
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

type Task = Pick<MachineRequest, 'amounts' | 'gpu' | 'affinity'>;

/** `num_gpu` whole GPUs, or `gpu_milli` thousandths of one; `gpu_spec` names the models that will do. */
function taskOf(row: Readonly<Record<string, string>>): Task {
  const count = Number(row.num_gpu);
  const share = count === 1 ? Number(row.gpu_milli) : 1000;
  const amounts = { cpu: Number(row.cpu_milli), memory: Number(row.memory_mib) * MIB };
  const values = row.gpu_spec ? row.gpu_spec.split('|') : [];
  const terms = [{ matchExpressions: [{ key: 'model', operator: 'In' as const, values }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
  return {
    amounts: count > 0 ? { ...amounts, [gpuShareResource]: count * share } : amounts,
    ...(count > 0 && { gpu: { count, share } }),
    affinity: values.length > 0 ? affinity : undefined,
  };
}

function snapshotOf(nodes: readonly Readonly<Record<string, string>>[]): Snapshot {
  const snapshot = new Snapshot();
  for (const { sn = '', cpu_milli, memory_mib, gpu, model = '' } of nodes) {
    const gpus = Number(gpu);
    const capacity = { cpu: Number(cpu_milli), memory: Number(memory_mib) * MIB, [gpuShareResource]: gpus * 1000 };
    snapshot.setHost({ name: sn, labels: { model }, taints: [], ready: true, schedulable: true, capacity, gpus });
  }
  return snapshot;
}

/** All tasks once, and tasks drawn by lot until the demand is reached; in random order. */
function arrivalsOf(tasks: readonly Task[], gpus: number, random: SeededRandom): Task[] {
  const arrivals = [...tasks];
  let demand = tasks.reduce((sum, task) => sum + gpusOf(task), 0);
  while (demand < DEMAND * gpus) {
    const task = tasks[random.integer(tasks.length)] as Task;
    arrivals.push(task);
    demand += gpusOf(task);
  }
  for (let i = arrivals.length - 1; i > 0; i--) {
    const other = random.integer(i + 1);
    [arrivals[i], arrivals[other]] = [arrivals[other] as Task, arrivals[i] as Task];
  }
  return arrivals;
}

const gpusOf = ({ gpu }: Task) => (gpu ? (gpu.count * gpu.share) / 1000 : 0);

function runOnce(nodes: readonly Readonly<Record<string, string>>[], tasks: readonly Task[], seed: number) {
  const random = new SeededRandom(seed);
  const snapshot = snapshotOf(nodes);
  const gpus = nodes.reduce((sum, { gpu }) => sum + Number(gpu), 0);
  const arrivals = arrivalsOf(tasks, gpus, random);
  const startedMs = performance.now();
  let given = 0;
  for (const [index, task] of arrivals.entries()) {
    const { placements } = place(snapshot, [requestOf(index, task)], fragmentationPolicy, random);
    if (placements.length > 0) given += gpusOf(task);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  return { allocated: (100 * given) / gpus, seconds, arrivals: arrivals.length };
}

function requestOf(index: number, task: Task): MachineRequest {
  return plainRequest({ uid: `task-${index}`, namespace: 'default', ...task });
}
