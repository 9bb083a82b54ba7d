import { eachItem, type Faults, portNameFault, portNumberFault } from '../../validation/index.ts';
import type { Container } from '../container.ts';
import type { Lifecycle, LifecycleHandler, Probe } from '../probe.ts';

type Handler = LifecycleHandler & Pick<Probe, 'grpc'>;
const PROBE_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const HOOK_HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const;

function validatePort(port: string | number, path: string, faults: Faults): void {
  const wrong = typeof port === 'number' ? portNumberFault(port) : portNameFault(port);
  if (wrong) faults.invalid(path, port, wrong);
}

function validateHandler(handler: Handler, allowed: readonly (keyof Handler)[], path: string, faults: Faults): void {
  const given = allowed.filter((field) => handler[field] !== undefined);
  if (given.length === 0) faults.required(path, 'must specify a handler type');
  for (const extra of given.slice(1)) faults.forbidden(`${path}.${extra}`, 'may not specify more than 1 handler type');
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec && (exec.command?.length ?? 0) === 0) faults.required(`${path}.exec.command`);
  if (httpGet) {
    validatePort(httpGet.port, `${path}.httpGet.port`, faults);
    if (httpGet.path === '') faults.required(`${path}.httpGet.path`);
    eachItem(httpGet.httpHeaders, `${path}.httpGet.httpHeaders`, ({ name }, at) => {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
        faults.invalid(`${at}.name`, name, 'must be an HTTP header name');
    });
  }
  if (tcpSocket) validatePort(tcpSocket.port, `${path}.tcpSocket.port`, faults);
  if (grpc) validatePort(grpc.port, `${path}.grpc.port`, faults);
  if (sleep) faults.within(`${path}.sleep.seconds`, sleep.seconds, 0);
}

function validateProbe(probe: Probe | undefined, path: string, faults: Faults): void {
  if (!probe) return;
  validateHandler(probe, PROBE_HANDLERS, path, faults);
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    faults.within(`${path}.${field}`, probe[field], 0);
  }
  faults.within(`${path}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 1);
}

export function validateProbes(container: Container, path: string, faults: Faults): void {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  for (const [field, probe] of Object.entries({ livenessProbe, readinessProbe, startupProbe })) {
    validateProbe(probe, `${path}.${field}`, faults);
    const success = probe?.successThreshold;
    if (field !== 'readinessProbe' && success !== undefined && success !== 1) {
      faults.invalid(`${path}.${field}.successThreshold`, success, 'must be 1');
    }
  }
  if (readinessProbe?.terminationGracePeriodSeconds !== undefined) {
    faults.invalid(
      `${path}.readinessProbe.terminationGracePeriodSeconds`,
      readinessProbe.terminationGracePeriodSeconds,
      'must not be set for readinessProbes',
    );
  }
}

export function validateLifecycle(lifecycle: Lifecycle | undefined, path: string, faults: Faults): void {
  if (lifecycle?.postStart) validateHandler(lifecycle.postStart, HOOK_HANDLERS, `${path}.postStart`, faults);
  if (lifecycle?.preStop) validateHandler(lifecycle.preStop, HOOK_HANDLERS, `${path}.preStop`, faults);
}
