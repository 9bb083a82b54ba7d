import { counted, Failure } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import { BalanceController } from '@godwit/controllers';
import { type BalancePolicy, balancePolicy } from '@godwit/kinds';
import { rightSizeSettingsOf } from '@godwit/planner';
import { openClient } from '../access/open-client.ts';
import { RehearsingDoor } from '../access/rehearsing-door.ts';
import { Terminal } from '../terminal/terminal.ts';
import { formatDuration } from '../terminal/units.ts';

export interface BalanceOptions {
  readonly state: string;
  readonly dryRun?: boolean;
  readonly output: string;
}

type Status = NonNullable<BalancePolicy['status']>;

interface Report {
  readonly policy: string;
  readonly currency?: string;
  /** How long machines are watched before sizes are recommended. */
  readonly watchMs: number;
  readonly status: Status | null;
}

/** `godwit balance [policy] [--dry-run]`: the plans as they stand; with `--dry-run` new ones, made now and not kept. */
export async function balance(wanted: string | undefined, options: BalanceOptions): Promise<void> {
  const { client, close } = openClient(options.state);
  try {
    const { items } = await client.resource(balancePolicy).list();
    const policies = items.filter(({ metadata }) => wanted === undefined || metadata.name === wanted);
    if (policies.length === 0) {
      const what = wanted === undefined ? 'there is no BalancePolicy' : `there is no BalancePolicy ${wanted}`;
      throw new Failure('bad-argument', `${what}: docs/balance-and-power.md says how to make one`);
    }
    const reports: Report[] = [];
    for (const { metadata, spec, status } of policies) {
      const planned = options.dryRun ? await planNow(client, metadata.name) : status;
      const currency = spec.rightSize?.prices?.currency;
      const { watchMs } = rightSizeSettingsOf(spec);
      reports.push({ policy: metadata.name, status: planned ?? null, watchMs, ...(currency && { currency }) });
    }
    if (options.output === 'json') process.stdout.write(`${JSON.stringify(reports)}\n`);
    else for (const report of reports) print(new Terminal(), report, options.dryRun ?? false);
  } finally {
    close();
  }
}

/**
 * Lets the controller plan once, through a door that changes nothing and with nothing in its hands. It knows what was
 * learned as that was kept last.
 */
async function planNow(real: ApiClient, name: string): Promise<Status | undefined> {
  const door = new RehearsingDoor(real.door);
  const client = new ApiClient(door, real.world);
  try {
    const controller = new BalanceController(client);
    await client.ready();
    await controller.reconcile(name);
    const written = door.writes.findLast(({ address }) => address.plural === balancePolicy.plural);
    return (written?.body as BalancePolicy | undefined)?.status;
  } finally {
    client.close();
  }
}

function print(terminal: Terminal, { policy, status, currency, watchMs }: Report, dryRun: boolean): void {
  terminal.line(terminal.paint('bold', `BalancePolicy ${policy}`));
  if (!status?.plan) {
    terminal.line('  has not been looked at yet');
    return;
  }
  const { hosts = 0, hostsOn = 0, plan, recommendations = [], waste } = status;
  terminal.facts([
    ['hosts', `${hosts}, ${hostsOn} on`],
    ['plan', `${plan.outcome}: ${plan.why}`],
  ]);
  for (const { machine, from, to, why } of plan.moves ?? [])
    terminal.line(`  move ${machine} from ${from} to ${to}: ${why}`);
  for (const { host, action, why } of plan.power ?? []) terminal.line(`  ${action} ${host}: ${why}`);
  for (const { host, why } of plan.kept ?? []) terminal.line(`  keep ${host}: ${why}`);
  for (const { machine, resource, current, recommended } of recommendations)
    terminal.line(`  give ${machine} ${recommended} of ${resource} instead of ${current}`);
  for (const { volume, from, to } of plan.volumes ?? []) terminal.line(`  move volume ${volume} from ${from} to ${to}`);
  terminal.line(terminal.paint('dim', `  ${waste ? wasteText(waste, currency) : unknownWaste(watchMs)}`));
  for (const { type, status: holds, message } of status.conditions ?? [])
    if (message) terminal.line(`  ${type}=${holds}: ${message}`);
  if (dryRun) terminal.line(terminal.paint('dim', '  Nothing was changed.'));
}

function unknownWaste(watchMs: number): string {
  return `what is given out and not needed is known after ${formatDuration(watchMs)} of watching`;
}

function wasteText(waste: NonNullable<Status['waste']>, currency = ''): string {
  const { cores, gib, watts = 0, costPerHour } = waste;
  const price = costPerHour === undefined ? '' : `, ${`${round(costPerHour)} ${currency}`.trim()} an hour`;
  return `given out and not needed: ${counted(round(cores), 'core')}, ${round(gib)} GiB, ${round(watts)} W${price}`;
}

const round = (value: number) => Number(value.toPrecision(3));
