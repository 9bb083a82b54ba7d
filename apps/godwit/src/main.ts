/** The program. Each verb lives in `verbs/` and is loaded only when it is asked for. */
import { describeError, Failure } from '@godwit/base';
import { Command } from 'commander';
import { DEFAULT_STATE_FOLDER } from './state-folder.ts';
import { VERSION } from './version.ts';

/** Errors that a person can act on are one line; anything else shows where it came from. */
function fail(error: unknown): never {
  const expected = error instanceof Failure;
  process.stderr.write(`godwit: ${describeError(error)}\n`);
  if (!expected && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}

/** Whoever read our output has gone, as `head` does: that is no fault. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** Of an option that may be given several times. */
const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const stateOption = ['--state <folder>', 'where everything of this Godwit lives', DEFAULT_STATE_FOLDER] as const;

const program = new Command('godwit')
  .description('A private cloud: virtual machines and containers on one pool of hosts, behind the Kubernetes API.')
  .version(VERSION)
  .showHelpAfterError()
  .showSuggestionAfterError();

program
  .command('up')
  .description('run the cloud on this machine (Ctrl-C stops the control plane only; machines keep running)')
  .option(...stateOption)
  .option('--listen <host:port>', 'address of the API (default 127.0.0.1:6443)')
  .option('--detach', 'return once it is ready, and go on in the background')
  .option('--install', 'make it a systemd unit that starts with the machine')
  .action(async (options) => (await import('./verbs/up.ts')).up(options));

program
  .command('down')
  .description('stop all machines and take away every process, mount, interface and rule; disks and objects stay')
  .option(...stateOption)
  .option('--purge', 'remove disks, images and objects too')
  .option('--yes', 'do not ask')
  .action(async (options) => (await import('./verbs/down.ts')).down(options));

program
  .command('status')
  .description('how the cloud is: hosts, machines, controllers')
  .option(...stateOption)
  .option('-o, --output <format>', 'text or json', 'text')
  .action(async (options) => (await import('./verbs/status.ts')).status(options));

program
  .command('why <subject>')
  .description(
    'why a machine is where it is or is not running, and what was decided about it (vm/x, pod/x, node/x, deployment/x, ...)',
  )
  .option(...stateOption)
  .option('-n, --namespace <name>', 'namespace', 'default')
  .option('-o, --output <format>', 'text or json', 'text')
  .action(async (subject, options) => (await import('./verbs/why.ts')).why(subject, options));

program
  .command('place')
  .description('make what a manifest asks for, and say where its machines went and why')
  .requiredOption('-f, --file <file>', 'YAML or JSON; - for the standard input')
  .option('--dry-run', 'make nothing: say where they would go as things stand')
  .option(...stateOption)
  .option('-n, --namespace <name>', 'namespace of what names none', 'default')
  .option('-o, --output <format>', 'text or json', 'text')
  .action(async (options) => (await import('./verbs/place/index.ts')).place(options));

program
  .command('scale <target>')
  .description('set how many machines something has (deployment/x), and say so beside it')
  .option('--replicas <n>', 'how many')
  .option('--dry-run', 'change nothing: say where new ones would go; without --replicas, what the autoscaler would do')
  .option(...stateOption)
  .option('-n, --namespace <name>', 'namespace', 'default')
  .option('-o, --output <format>', 'text or json', 'text')
  .action(async (target, options) => (await import('./verbs/scale/index.ts')).scale(target, options));

program
  .command('balance [policy]')
  .description('how hosts are used and what should change: moves, power, sizes')
  .option('--dry-run', 'plan anew, now, and keep nothing of it')
  .option(...stateOption)
  .option('-o, --output <format>', 'text or json', 'text')
  .action(async (policy, options) => (await import('./verbs/balance.ts')).balance(policy, options));

program
  .command('console <machine>')
  .description('the serial console of a virtual machine (vm/x); Ctrl-] leaves')
  .option(...stateOption)
  .option('-n, --namespace <name>', 'namespace', 'default')
  .action(async (machine, options) => (await import('./verbs/console.ts')).openConsole(machine, options));

program
  .command('vnc <machine>')
  .description('the screen of a virtual machine, on a local port for any VNC viewer')
  .option(...stateOption)
  .option('-n, --namespace <name>', 'namespace', 'default')
  .option('--port <port>', 'local port', '5900')
  .option('--screenshot <file>', 'save what the screen shows as PNG instead')
  .action(async (machine, options) => (await import('./verbs/vnc.ts')).vnc(machine, options));

for (const [verb, description] of [
  ['start', 'start a virtual machine'],
  ['stop', 'stop a virtual machine'],
  ['restart', 'restart a virtual machine'],
  ['pause', 'freeze a virtual machine as it is'],
  ['unpause', 'let a paused virtual machine go on'],
  ['softreboot', 'ask the guest to reboot'],
] as const) {
  program
    .command(`${verb} <machine>`)
    .description(`${description} (vm/x)`)
    .option(...stateOption)
    .option('-n, --namespace <name>', 'namespace', 'default')
    .action(async (machine, options) => (await import('./verbs/lifecycle.ts')).lifecycle(verb, machine, options));
}

program
  .command('image <guest>')
  .description('build a guest image from Debian packages: tiny or debian')
  .option('--force', 'build it again even if it is there')
  .option(...stateOption)
  .action(async (guest, options) => (await import('./verbs/image.ts')).image(guest, options));

program
  .command('test [tiers...]')
  .description('check the source and run the tests (all tiers, or those named)')
  .action(async (tiers) => (await import('./verbs/test.ts')).test(tiers));

program
  .command('bench [names...]')
  .description('run the benchmarks and print the table')
  .option('--json', 'one JSON line a row')
  .option('--traces <folder>', 'real traces for the benchmarks that replay them')
  .action(async (names, options) => (await import('./verbs/bench.ts')).bench(names, options));

program
  .command('sim [scenario]')
  .description('rehearse on simulated hosts and simulated time')
  .option(
    '--faults',
    'everything goes wrong that can: crashes, power cuts, full disks, broken wires; checks what must hold',
  )
  .option('--seed <n>', 'one run; the same seed is the same run')
  .option('--seeds <n>', 'so many runs (default 20)')
  .option('--forever', 'one run after the other, from a seed by chance')
  .option('--minutes <m>', 'how long things go wrong in each run, in simulated minutes', '2')
  .option('--hosts <n>', 'simulated hosts (by default drawn from the seed)')
  .option('--jobs <n>', 'runs at a time (by default one a core)')
  .option('--verbose', 'print every event')
  .option('--from <file>', 'the cloud of a kubeconfig, or a saved one, as it is')
  .option('--save <file>', 'write the cloud of --from down, without secrets, to rehearse it elsewhere or later')
  .option('--lose <place>', 'what if this host, rack or zone is lost? (again for more)', several)
  .option('--grow <percent>', 'what if everything grows by so much a week?')
  .option(
    '--fit <size>',
    'how many of these fit? cpu=2,memory=4Gi[,kind=Pod][,name=x], or a group (again for more)',
    several,
  )
  .option('--policy <name>', 'compare with spread, pack, fragmentation, balance or energy (again for more)', several)
  .option('--reserve <hosts>', 'how many hosts may fail at any time')
  .option('--for <duration>', 'how long: 90s, 6h, 2d, 4w')
  .option('--traces <folder>', 'where traces are looked for that are not beside the scenario')
  .option('--out <file>', 'write the report as one HTML file')
  .option('--json', 'print the report as JSON')
  .option('--language <code>', 'of the printed report: en or zh', 'en')
  .action(async (scenario, options) => (await import('./verbs/sim.ts')).sim(scenario, options));

program
  .command('completion <shell>')
  .description('print the completion script for bash, zsh or fish')
  .action(async (shell) => (await import('./verbs/completion.ts')).completion(shell, program));

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
