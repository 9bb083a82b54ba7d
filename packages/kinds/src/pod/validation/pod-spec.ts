import { dnsLabelFault, dnsSubdomainFault, eachItem, type Faults, isIp } from '../../validation/index.ts';
import type { PodSpec } from '../pod-spec.ts';
import { validateAmounts, validateContainers, validateResources } from './containers.ts';
import { validateScheduling } from './scheduling.ts';
import { validateVolumes } from './volumes.ts';

function validateDns({ dnsPolicy, dnsConfig }: PodSpec, path: string, faults: Faults): void {
  const servers = dnsConfig?.nameservers ?? [];
  if (dnsPolicy === 'None' && servers.length === 0) {
    faults.required(
      `${path}.dnsConfig.nameservers`,
      'must provide at least one DNS nameserver when `dnsPolicy` is None',
    );
  }
  if (servers.length > 3) faults.tooMany(`${path}.dnsConfig.nameservers`, servers.length, 3);
  eachItem(servers, `${path}.dnsConfig.nameservers`, (server, at) => {
    if (!isIp(server)) faults.invalid(at, server, 'must be a valid IP address');
  });
}

function validateNames(spec: PodSpec, path: string, faults: Faults): void {
  for (const field of ['hostname', 'subdomain'] as const) {
    const name = spec[field];
    if (name) faults.check(`${path}.${field}`, name, dnsLabelFault);
  }
  for (const field of ['serviceAccountName', 'priorityClassName', 'runtimeClassName', 'nodeName'] as const) {
    const name = spec[field];
    if (name) faults.check(`${path}.${field}`, name, dnsSubdomainFault);
  }
  eachItem(spec.imagePullSecrets, `${path}.imagePullSecrets`, ({ name }, at) => {
    if (!name) faults.required(`${at}.name`);
  });
  eachItem(spec.hostAliases, `${path}.hostAliases`, ({ ip, hostnames }, at) => {
    if (!isIp(ip)) faults.invalid(`${at}.ip`, ip, 'must be a valid IP address');
    eachItem(hostnames, `${at}.hostnames`, (name, nameAt) => faults.check(nameAt, name, dnsSubdomainFault));
  });
}

/** Rules that hold for the spec of a pod and of a template alike. */
export function validatePodSpec(spec: PodSpec, path: string, faults: Faults): void {
  validateVolumes(spec.volumes, `${path}.volumes`, faults);
  validateContainers(spec, path, faults);
  validateResources(spec.resources, `${path}.resources`, faults);
  validateAmounts(spec.overhead, `${path}.overhead`, faults);
  validateScheduling(spec, path, faults);
  validateDns(spec, path, faults);
  validateNames(spec, path, faults);
  faults.within(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds, 0);
  faults.within(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, 2_147_483_647);
  for (const field of ['runAsUser', 'runAsGroup', 'fsGroup'] as const) {
    faults.within(`${path}.securityContext.${field}`, spec.securityContext?.[field], 0, 2_147_483_647);
  }
}
