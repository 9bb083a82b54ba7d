import { type Clock, describeError, Failure } from '@godwit/base';
import type { VirtualMachineProbe } from '@godwit/kinds';
import type { HypervisorDriver } from '../hypervisor-driver.ts';
import type { NetworkDriver } from '../network-driver.ts';

export interface ProbeTarget {
  readonly uid: string;
  readonly address: string | undefined;
}

export interface ProbeParts {
  readonly hypervisor: HypervisorDriver;
  readonly network: NetworkDriver;
  readonly clock: Clock;
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly message: string;
}

const EXEC_POLL_MS = 50;
const LONGEST_ANSWER_BYTES = 10 * 1024;

/** Asks a guest once whether it is well. Never throws: what goes wrong is the answer. */
export async function probeGuest(
  probe: VirtualMachineProbe,
  target: ProbeTarget,
  parts: ProbeParts,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    if (probe.exec) return await exec(probe.exec.command ?? [], target, parts, timeoutMs, signal);
    if (probe.guestAgentPing) {
      await parts.hypervisor.askAgent(target.uid, 'guest-ping', undefined, timeoutMs);
      return { ok: true, message: '' };
    }
    if (!target.address) return { ok: false, message: 'the guest has no address' };
    if (probe.tcpSocket) {
      const channel = await parts.network.connect(target.address, portOf(probe.tcpSocket.port), timeoutMs);
      channel.abort();
      return { ok: true, message: '' };
    }
    if (probe.httpGet) return await http(probe.httpGet, target.address, parts, timeoutMs, signal);
    return { ok: true, message: 'nothing is asked' };
  } catch (error) {
    return { ok: false, message: describeError(error) };
  }
}

function portOf(port: string | number | undefined): number {
  const number = Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new Failure('bad-probe', `no port number: ${String(port)}`);
}

async function exec(
  command: readonly string[],
  { uid }: ProbeTarget,
  { hypervisor, clock }: ProbeParts,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const [path, ...arg] = command;
  const untilMs = clock.monotonic() + timeoutMs;
  const started = await hypervisor.askAgent(uid, 'guest-exec', { path, arg, 'capture-output': true }, timeoutMs);
  const { pid } = started as { pid: number };
  while (clock.monotonic() < untilMs) {
    const answer = await hypervisor.askAgent(uid, 'guest-exec-status', { pid }, timeoutMs);
    const { exited, exitcode } = answer as { exited: boolean; exitcode?: number };
    if (exited)
      return { ok: exitcode === 0, message: exitcode === 0 ? '' : `${path} ended with ${exitcode ?? 'a signal'}` };
    await clock.sleep(EXEC_POLL_MS, signal);
  }
  return { ok: false, message: `${path} took longer than ${timeoutMs} ms` };
}

type HttpGet = NonNullable<VirtualMachineProbe['httpGet']>;

/** Well is every status from 200 to 399, as in Kubernetes. */
async function http(
  { path = '/', port, host, httpHeaders = [], scheme }: HttpGet,
  address: string,
  { network, clock }: ProbeParts,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  if (scheme === 'HTTPS') return { ok: false, message: 'HTTPS probes of virtual machines are not supported' };
  const channel = await network.connect(host || address, portOf(port), timeoutMs);
  const timer = clock.after(timeoutMs, () =>
    channel.abort(new Failure('probe-timeout', `no answer in ${timeoutMs} ms`)),
  );
  const stop = () => channel.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const headers = httpHeaders.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
    const agent = 'User-Agent: kube-probe/godwit\r\nAccept: */*\r\nConnection: close\r\n';
    const request = `GET ${path || '/'} HTTP/1.1\r\nHost: ${host || address}\r\n${agent}${headers}\r\n`;
    await channel.write(new TextEncoder().encode(request));
    const status = await statusOf(channel.incoming);
    return { ok: status >= 200 && status < 400, message: `GET ${path} answered ${status}` };
  } finally {
    signal.removeEventListener('abort', stop);
    timer.cancel();
    channel.abort();
  }
}

async function statusOf(incoming: AsyncIterable<Uint8Array>): Promise<number> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of incoming) {
    text += decoder.decode(bytes, { stream: true });
    const match = /^HTTP\/1\.[01] (\d{3})/.exec(text);
    if (match) return Number(match[1]);
    if (text.length > LONGEST_ANSWER_BYTES) break;
  }
  throw new Failure('bad-answer', 'the answer is no HTTP');
}
