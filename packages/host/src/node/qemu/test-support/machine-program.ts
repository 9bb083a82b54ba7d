/** A program that runs one machine and says so: made to be killed. Arguments: state folder, UID. */
import { testInstance } from '../../../virtual-machine/test-support/instance.ts';
import { openMachineHost, tinyKernel, waitFor } from './machine-host.ts';

const [state = '', uid = ''] = process.argv.slice(2);
const host = openMachineHost(state);
const machine = testInstance('tiny', uid, tinyKernel);
host.door.put('virtualmachineinstances', machine);
host.manager.ensure(machine);
await waitFor('phase Running', () => host.instance('tiny')?.status?.phase === 'Running');
process.stdout.write('running\n');
