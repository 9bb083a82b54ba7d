import { boolean, int32, object, oneOf, string } from '../machinery/index.ts';
import { kubevirt } from './component-name.ts';

/** The clock of a virtual machine and the timers that feed it. */

const present = boolean('False takes the timer away. Defaults to true.');
const tickPolicies = ['delay', 'catchup', 'merge', 'discard'] as const;
const tickPolicy = oneOf(tickPolicies, 'What happens to ticks that the guest missed.');

export const timer = object(
  {
    hpet: object({ present, tickPolicy }, 'High precision event timer.', kubevirt('HPETTimer')),
    pit: object({ present, tickPolicy }, 'Programmable interval timer.', kubevirt('PITTimer')),
    rtc: object(
      {
        present,
        tickPolicy,
        track: oneOf(['guest', 'wall'], 'Whether it follows the guest or the time of day. Defaults to guest.'),
      },
      'Real-time clock.',
      kubevirt('RTCTimer'),
    ),
    kvm: object({ present }, 'Paravirtual clock of KVM.', kubevirt('KVMTimer')),
    hyperv: object({ present }, 'Paravirtual clock of Hyper-V, for Windows.', kubevirt('HypervTimer')),
  },
  'Timers that the guest sees.',
  kubevirt('Timer'),
);

/** Either of the two fields: from which time the clock starts. */
const offset = {
  utc: object(
    { offsetSeconds: int32('Seconds that the clock is ahead of UTC.') },
    'The clock starts at UTC.',
    kubevirt('ClockOffsetUTC'),
  ),
  timezone: string('The clock starts at the local time of this zone, such as `Europe/Lisbon`.'),
};

export const clockOffset = object(offset, 'What time the guest starts with.', kubevirt('ClockOffset'));

export const clock = object({ ...offset, timer }, 'What time the guest starts with.', kubevirt('Clock'));
