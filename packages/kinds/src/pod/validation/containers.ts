import { compareQuantities, isQuantity } from '../../exact-quantity.ts';
import { parseQuantity } from '../../quantity.ts';
import { ownResourceFault } from '../../shared/resource-list.ts';
import {
  dnsLabelFault,
  eachItem,
  type Faults,
  isIp,
  portNameFault,
  portNumberFault,
  qualifiedNameFault,
  variableNameFault,
} from '../../validation/index.ts';
import type { Container, ContainerPort } from '../container.ts';
import type { EnvironmentVariable } from '../environment.ts';
import { isSidecar } from '../pod-resources.ts';
import type { PodSpec } from '../pod-spec.ts';
import type { ResourceRequirements } from '../resources.ts';
import { localPathFault } from './paths.ts';
import { validateLifecycle, validateProbes } from './probes.ts';

const FACTS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const KEYED_FACT = /^metadata\.(?:labels|annotations)\['.+'\]$/;
const AMOUNT = /^(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-.+)$/;

function validatePort(port: ContainerPort, path: string, faults: Faults): void {
  const wrong = portNumberFault(port.containerPort);
  if (wrong) faults.invalid(`${path}.containerPort`, port.containerPort, wrong);
  if (port.name) faults.check(`${path}.name`, port.name, portNameFault);
  const wrongHost = port.hostPort ? portNumberFault(port.hostPort) : undefined;
  if (wrongHost) faults.invalid(`${path}.hostPort`, port.hostPort, wrongHost);
  if (port.hostIP && !isIp(port.hostIP)) faults.invalid(`${path}.hostIP`, port.hostIP, 'must be a valid IP address');
}

function validateVariable({ name, value, valueFrom }: EnvironmentVariable, path: string, faults: Faults): void {
  if (name === '') faults.required(`${path}.name`);
  else faults.check(`${path}.name`, name, variableNameFault);
  if (!valueFrom) return;
  const sources = Object.keys(valueFrom);
  if (sources.length === 0)
    faults.invalid(
      `${path}.valueFrom`,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
    );
  if (value) faults.invalid(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty');
  if (sources.length > 1)
    faults.invalid(`${path}.valueFrom`, '', 'may not have more than one field specified at a time');
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef && !FACTS.includes(fieldRef.fieldPath) && !KEYED_FACT.test(fieldRef.fieldPath)) {
    faults.notSupported(`${path}.valueFrom.fieldRef.fieldPath`, fieldRef.fieldPath, FACTS);
  }
  if (resourceFieldRef && !AMOUNT.test(resourceFieldRef.resource)) {
    const known = ['limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
    faults.notSupported(`${path}.valueFrom.resourceFieldRef.resource`, resourceFieldRef.resource, known);
  }
  for (const [field, reference] of Object.entries({ configMapKeyRef, secretKeyRef })) {
    if (reference && !reference.name) faults.required(`${path}.valueFrom.${field}.name`);
    if (reference && !reference.key) faults.required(`${path}.valueFrom.${field}.key`);
  }
}

function validateEnvironment(container: Container, path: string, faults: Faults): void {
  eachItem(container.env, `${path}.env`, (variable, at) => validateVariable(variable, at, faults));
  eachItem(container.envFrom, `${path}.envFrom`, ({ prefix, configMapRef, secretRef }, at) => {
    if (prefix) faults.check(`${at}.prefix`, prefix, variableNameFault);
    if (!configMapRef && !secretRef) faults.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`');
    if (configMapRef && secretRef) faults.invalid(at, '', 'may not have more than one field specified at a time');
    if (configMapRef && !configMapRef.name) faults.required(`${at}.configMapRef.name`);
    if (secretRef && !secretRef.name) faults.required(`${at}.secretRef.name`);
  });
}

function validateMounts(container: Container, path: string, volumes: ReadonlySet<string>, faults: Faults): void {
  const mounts = container.volumeMounts ?? [];
  eachItem(mounts, `${path}.volumeMounts`, (mount, at) => {
    if (mount.name === '') faults.required(`${at}.name`);
    else if (!volumes.has(mount.name)) faults.notFound(`${at}.name`, mount.name);
    if (mount.mountPath === '') faults.required(`${at}.mountPath`);
    if (mount.subPath) faults.check(`${at}.subPath`, mount.subPath, localPathFault);
    if (mount.subPath && mount.subPathExpr)
      faults.invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive');
  });
  faults.distinct(
    mounts,
    ({ mountPath }) => mountPath,
    (index) => `${path}.volumeMounts[${index}].mountPath`,
  );
  eachItem(container.volumeDevices, `${path}.volumeDevices`, (device, at) => {
    if (!volumes.has(device.name)) faults.notFound(`${at}.name`, device.name);
    if (device.devicePath === '') faults.required(`${at}.devicePath`);
  });
}

/** Amounts are quantities, not negative, and requests do not exceed limits. */
export function validateResources(resources: ResourceRequirements | undefined, path: string, faults: Faults): void {
  for (const field of ['limits', 'requests'] as const) validateAmounts(resources?.[field], `${path}.${field}`, faults);
  for (const [name, request] of Object.entries(resources?.requests ?? {})) {
    const limit = resources?.limits?.[name];
    if (limit === undefined || !isQuantity(limit) || !isQuantity(request)) continue;
    if (compareQuantities(request, limit) > 0) {
      faults.invalid(`${path}.requests`, String(request), `must be less than or equal to ${name} limit of ${limit}`);
    }
  }
  validateWholeResources(resources, path, faults);
}

/** Most characters of a number that are repeated to who wrote it. */
const SHOWN = 20;

/** Each is a known resource, and a quantity that is not negative. */
export function validateAmounts(amounts: ResourceRequirements['limits'], path: string, faults: Faults): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    const at = `${path}[${name}]`;
    faults.check(
      at,
      name,
      (key) =>
        qualifiedNameFault(key) ??
        ownResourceFault(key) ??
        (isKnownResource(key) ? undefined : 'must be a standard resource for containers'),
    );
    if (!isQuantity(amount)) faults.invalid(at, amount, 'must be a quantity such as 2, 500m or 1Gi');
    else if (compareQuantities(amount, 0) < 0) faults.invalid(at, String(amount), 'must be greater than or equal to 0');
    else if (parseQuantity(amount) === undefined)
      faults.invalid(at, `${String(amount).slice(0, SHOWN)}…`, 'is more than there can be of anything');
  }
}

/** What cannot be given out twice is asked for in whole pieces, and no more is used than was asked for. */
function validateWholeResources(resources: ResourceRequirements | undefined, path: string, faults: Faults): void {
  const { requests = {}, limits = {} } = resources ?? {};
  for (const name of new Set([...Object.keys(requests), ...Object.keys(limits)])) {
    if (!isGivenOnce(name)) continue;
    const [request, limit] = [parseQuantity(requests[name]), parseQuantity(limits[name])];
    if (limits[name] === undefined) {
      faults.required(`${path}.limits[${name}]`, 'Limit must be set for non overcommitable resources');
    } else if (request !== undefined && limit !== undefined && request < limit) {
      const message = `must be equal to ${name} limit of ${limits[name]}`;
      faults.invalid(`${path}.requests[${name}]`, String(requests[name]), message);
    }
    for (const [field, amount] of [
      ['limits', limit],
      ['requests', request],
    ] as const) {
      const text = String(resources?.[field]?.[name]);
      if (amount !== undefined && !Number.isInteger(amount)) {
        faults.invalid(`${path}.${field}[${name}]`, text, 'must be an integer');
      } else if (amount !== undefined && !isWholePages(name, amount)) {
        faults.invalid(
          `${path}.${field}[${name}]`,
          text,
          `must be a multiple of the page size, ${name.slice(HUGE_PAGES.length)}`,
        );
      }
    }
  }
}

const HUGE_PAGES = 'hugepages-';

/** Whether an amount of huge pages can be made of them; true for all that are none. */
function isWholePages(name: string, amount: number): boolean {
  if (!name.startsWith(HUGE_PAGES)) return true;
  const size = parseQuantity(name.slice(HUGE_PAGES.length));
  return size !== undefined && size > 0 && amount % size === 0;
}

/** Devices and the like, and huge pages. */
function isGivenOnce(name: string): boolean {
  return name.startsWith('hugepages-') || (name.includes('/') && !name.includes('kubernetes.io/'));
}

function isKnownResource(name: string): boolean {
  return (
    name.includes('/') ||
    ['cpu', 'memory', 'ephemeral-storage', 'storage'].includes(name) ||
    name.startsWith('hugepages-')
  );
}

function validateRights(container: Container, path: string, faults: Faults): void {
  const rights = container.securityContext;
  for (const field of ['runAsUser', 'runAsGroup'] as const) {
    faults.within(`${path}.securityContext.${field}`, rights?.[field], 0, 2_147_483_647);
  }
  if (rights?.privileged && rights.allowPrivilegeEscalation === false) {
    faults.invalid(
      `${path}.securityContext`,
      rights,
      'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    );
  }
}

function validateContainer(container: Container, path: string, volumes: ReadonlySet<string>, faults: Faults): void {
  if (container.name === '') faults.required(`${path}.name`);
  else faults.check(`${path}.name`, container.name, dnsLabelFault);
  const image = container.image ?? '';
  if (image === '') faults.required(`${path}.image`);
  else if (image !== image.trim())
    faults.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace');
  const ports = container.ports ?? [];
  eachItem(ports, `${path}.ports`, (port, at) => validatePort(port, at, faults));
  faults.distinct(
    ports,
    ({ name }) => name || undefined,
    (index) => `${path}.ports[${index}].name`,
  );
  validateEnvironment(container, path, faults);
  validateMounts(container, path, volumes, faults);
  validateResources(container.resources, `${path}.resources`, faults);
  validateRights(container, path, faults);
}

function validateInitContainer(container: Container, path: string, faults: Faults): void {
  if (isSidecar(container)) {
    validateLifecycle(container.lifecycle, `${path}.lifecycle`, faults);
    validateProbes(container, path, faults);
    return;
  }
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[field])
      faults.forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always');
  }
}

/** All containers of a pod: each by itself, and their names together. */
export function validateContainers(spec: PodSpec, path: string, faults: Faults): void {
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
  const { containers, initContainers = [] } = spec;
  if (containers.length === 0) faults.required(`${path}.containers`);
  eachItem(containers, `${path}.containers`, (container, at) => {
    validateContainer(container, at, volumes, faults);
    validateLifecycle(container.lifecycle, `${at}.lifecycle`, faults);
    validateProbes(container, at, faults);
  });
  eachItem(initContainers, `${path}.initContainers`, (container, at) => {
    validateContainer(container, at, volumes, faults);
    validateInitContainer(container, at, faults);
  });
  const named = [
    ...initContainers.map(({ name }, index) => ({ name, at: `${path}.initContainers[${index}].name` })),
    ...containers.map(({ name }, index) => ({ name, at: `${path}.containers[${index}].name` })),
    ...(spec.ephemeralContainers ?? []).map(({ name }, index) => ({
      name,
      at: `${path}.ephemeralContainers[${index}].name`,
    })),
  ];
  faults.distinct(
    named,
    ({ name }) => name,
    (index) => named[index]?.at ?? path,
  );
  validateHostPorts(spec, path, faults);
}

/** Two containers of a pod cannot take the same port of the host. */
function validateHostPorts({ containers }: PodSpec, path: string, faults: Faults): void {
  const taken = containers.flatMap(({ ports = [] }, container) =>
    ports.map((port, index) => ({ port, at: `${path}.containers[${container}].ports[${index}].hostPort` })),
  );
  faults.distinct(
    taken,
    ({ port }) => (port.hostPort ? `${port.protocol ?? 'TCP'}/${port.hostIP ?? ''}/${port.hostPort}` : undefined),
    (index) => taken[index]?.at ?? path,
  );
}
