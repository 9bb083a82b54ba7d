import { type IncomingMessage, request as requestHttp } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { describeError } from '@godwit/base';
import type { ProbeAnswer, Prober, ProbeTarget } from '../../pod/index.ts';

const AGENT = 'kube-probe/godwit';
const LONGEST_BODY_BYTES = 10_240;
/** `SERVING` in the answer of grpc.health.v1.Health/Check: field 1, value 1. */
const SERVING = Buffer.from([0x08, 0x01]);

type Target<Type extends ProbeTarget['type']> = Extract<ProbeTarget, { type: Type }>;

/** Asks machines from this host, which has a route to them. */
export class NetworkProber implements Prober {
  async ask(target: ProbeTarget, timeoutMs: number, signal: AbortSignal): Promise<ProbeAnswer> {
    const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      if (target.type === 'http') return await askHttp(target, either);
      if (target.type === 'tcp') return await askTcp(target, either);
      return await askGrpc(target, either);
    } catch (error) {
      signal.throwIfAborted();
      const late = either.aborted ? `no answer within ${timeoutMs / 1000}s` : describeError(error);
      return { ok: false, message: `${target.address}:${target.port}: ${late}` };
    }
  }
}

function askTcp(target: Target<'tcp'>, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.address, port: target.port });
    signal.addEventListener('abort', () => socket.destroy(new Error('aborted')), { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve({ ok: true, message: '' });
    });
  });
}

async function askHttp(target: Target<'http'>, signal: AbortSignal): Promise<ProbeAnswer> {
  const response = await sendHttp(target, signal);
  const status = response.statusCode ?? 0;
  const body = await readStart(response);
  // Any code from 200 to 399 is good; redirections count as such, as in Kubernetes.
  if (status >= 200 && status < 400) return { ok: true, message: '' };
  return { ok: false, message: `HTTP probe failed with statuscode: ${status}${body ? `: ${body}` : ''}` };
}

function sendHttp(target: Target<'http'>, signal: AbortSignal): Promise<IncomingMessage> {
  const { address, port, path, tls } = target;
  const headers: Record<string, string> = { 'user-agent': AGENT, accept: '*/*', connection: 'close' };
  for (const { name, value } of target.headers) headers[name.toLowerCase()] = value;
  const options = { host: address, port, path, method: 'GET', headers, signal, agent: false as const };
  return new Promise((resolve, reject) => {
    // Certificates of probes are not checked, as in Kubernetes.
    const call = tls ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
    call.once('error', reject);
    call.once('response', resolve);
    call.end();
  });
}

async function readStart(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk as string;
    if (text.length > LONGEST_BODY_BYTES) break;
  }
  return text.slice(0, LONGEST_BODY_BYTES).trim();
}

async function askGrpc(target: Target<'grpc'>, signal: AbortSignal): Promise<ProbeAnswer> {
  const session = connectHttp2(`http://${target.address}:${target.port}`);
  try {
    return await checkHealth(session, target.service, signal);
  } finally {
    session.destroy();
  }
}

function checkHealth(session: ClientHttp2Session, service: string, signal: AbortSignal): Promise<ProbeAnswer> {
  const name = Buffer.from(service);
  // HealthCheckRequest{service = 1}, in a gRPC frame: not compressed, length in four bytes.
  const message = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    session.once('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    signal.addEventListener('abort', () => stream.destroy(new Error('aborted')), { once: true });
    stream.once('error', reject);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      const ok = Buffer.concat(chunks).subarray(5).equals(SERVING);
      resolve({ ok, message: ok ? '' : `service unhealthy (${service || 'server'})` });
    });
    stream.end(Buffer.concat([frame, message]));
  });
}
