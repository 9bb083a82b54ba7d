import { parseQuantity, wholeUnits } from '../../quantity.ts';
import { ownResourceFault } from '../../shared/resource-list.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import type { Report } from './report.ts';

/** Rules for processors, memory and what is asked of a host, as KubeVirt's admission has them. */

const LEAST_MEMORY_BYTES = 1_000_000;
const FEATURE_POLICIES = ['force', 'require', 'optional', 'disable', 'forbid'];

export function validateCompute(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  validateQuantities(spec, `${path}.domain`, report);
  validateProcessors(spec, `${path}.domain`, report);
  validateDedicated(spec, `${path}.domain`, report);
  validateMemory(spec, `${path}.domain`, report);
  validateRealtime(spec, `${path}.domain`, report);
}

/** Some amount of memory must be said, here or by an instancetype. */
export function validateMemoryIsAsked(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { memory, resources } = spec.domain;
  const asked =
    memory?.guest ?? memory?.hugepages?.pageSize ?? resources?.requests?.memory ?? resources?.limits?.memory;
  if (asked !== undefined && wholeUnits(asked) > 0) return;
  const places = ['memory.guest', 'memory.hugepages', 'resources.requests.memory'];
  const named = places.map((place) => `${path}.domain.${place}`).join(', ');
  report.required(`${path}.domain.memory.guest`, `no memory is asked for: set one of ${named}`);
}

function validateQuantities(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { resources } = spec.domain;
  for (const kind of ['requests', 'limits'] as const) {
    for (const [name, value] of Object.entries(resources?.[kind] ?? {})) {
      const amount = parseQuantity(value);
      const field = `${path}.resources.${kind}.${name}`;
      if (amount === undefined) report.invalid(field, `"${value}" is not a quantity`);
      else if (amount < 0) report.invalid(field, `"${value}" must not be negative`);
      const wrong = ownResourceFault(name);
      if (wrong) report.invalid(field, wrong);
    }
  }
  for (const name of ['cpu', 'memory']) {
    const request = parseQuantity(resources?.requests?.[name]);
    const limit = parseQuantity(resources?.limits?.[name]);
    if (request === undefined || limit === undefined || request <= limit) continue;
    report.invalid(`${path}.resources.requests.${name}`, `must not be greater than the limit, ${limit}`);
  }
}

function validateProcessors(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { cpu } = spec.domain;
  if (!cpu) return;
  if (cpu.sockets && cpu.maxSockets && cpu.sockets > cpu.maxSockets) {
    report.invalid(`${path}.cpu.sockets`, `must not be greater than maxSockets, ${cpu.maxSockets}`);
  }
  if (spec.architecture === 'arm64' && (cpu.threads ?? 1) > 1) {
    report.invalid(`${path}.cpu.threads`, 'must not be greater than 1 on arm64');
  }
  for (const [index, { policy }] of (cpu.features ?? []).entries()) {
    report.oneOf(`${path}.cpu.features[${index}].policy`, policy, FEATURE_POLICIES);
  }
}

function validateDedicated(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { cpu, resources } = spec.domain;
  if (cpu?.isolateEmulatorThread && !cpu.dedicatedCpuPlacement) {
    report.invalid(`${path}.cpu.isolateEmulatorThread`, 'needs dedicatedCpuPlacement');
  }
  if (cpu?.numa?.guestMappingPassthrough) {
    if (!cpu.dedicatedCpuPlacement) report.invalid(`${path}.cpu.numa`, 'needs dedicatedCpuPlacement');
    if (!spec.domain.memory?.hugepages) report.invalid(`${path}.cpu.numa`, 'needs memory.hugepages');
  }
  if (!cpu?.dedicatedCpuPlacement) return;
  if ((cpu.threads ?? 1) > 2) report.invalid(`${path}.cpu.threads`, 'must not be greater than 2 with dedicated CPUs');
  const request = parseQuantity(resources?.requests?.cpu);
  const limit = parseQuantity(resources?.limits?.cpu);
  for (const [name, value] of [
    ['requests', request],
    ['limits', limit],
  ] as const) {
    if (value !== undefined && value % 1 !== 0) {
      report.invalid(`${path}.resources.${name}.cpu`, 'must be a whole number with dedicated CPUs');
    }
  }
  if (request !== undefined && limit !== undefined && request !== limit) {
    report.invalid(`${path}.resources.requests.cpu`, 'must equal the limit with dedicated CPUs');
  }
  const processors = (cpu.sockets ?? 1) * (cpu.cores ?? 1) * (cpu.threads ?? 1);
  if (request !== undefined && processors > 1 && request !== processors) {
    report.invalid(
      `${path}.resources.requests.cpu`,
      `must equal the guest's processors, ${processors}, with dedicated CPUs`,
    );
  }
  const memoryRequest = parseQuantity(resources?.requests?.memory);
  const memoryLimit = parseQuantity(resources?.limits?.memory);
  if (memoryLimit !== undefined && memoryRequest !== undefined && memoryRequest !== memoryLimit) {
    report.invalid(`${path}.resources.requests.memory`, 'must equal the limit with dedicated CPUs');
  }
}

function validateMemory(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { memory, resources } = spec.domain;
  const sizes = { guest: parseQuantity(memory?.guest), maxGuest: parseQuantity(memory?.maxGuest) };
  for (const name of ['guest', 'maxGuest'] as const) {
    const value = memory?.[name];
    if (value === undefined) continue;
    const bytes = sizes[name];
    if (bytes === undefined) report.invalid(`${path}.memory.${name}`, `"${value}" is not a quantity`);
    else if (bytes < LEAST_MEMORY_BYTES) report.invalid(`${path}.memory.${name}`, 'must be at least 1M');
  }
  if (sizes.guest !== undefined && sizes.maxGuest !== undefined && sizes.guest > sizes.maxGuest) {
    report.invalid(`${path}.memory.guest`, `must not be greater than maxGuest, ${memory?.maxGuest}`);
  }
  const limit = parseQuantity(resources?.limits?.memory);
  if (sizes.guest !== undefined && limit !== undefined && sizes.guest > limit) {
    report.invalid(`${path}.memory.guest`, `must not be greater than the memory limit, ${resources?.limits?.memory}`);
  }
  const request = parseQuantity(resources?.requests?.memory);
  if (request !== undefined && request < LEAST_MEMORY_BYTES) {
    report.invalid(`${path}.resources.requests.memory`, 'must be at least 1M');
  }
  validateHugepages(spec, path, report);
}

function validateHugepages(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { memory, resources } = spec.domain;
  if (!memory?.hugepages) return;
  const field = `${path}.memory.hugepages.pageSize`;
  const page = parseQuantity(memory.hugepages.pageSize);
  if (page === undefined || page <= 0) {
    report.invalid(field, `"${memory.hugepages.pageSize ?? ''}" is not a size`);
    return;
  }
  const bytes = parseQuantity(memory.guest ?? resources?.requests?.memory);
  if (bytes === undefined) return;
  if (bytes < page) report.invalid(field, 'must not be greater than the memory of the guest');
  else if (bytes % page !== 0) report.invalid(field, 'must divide the memory of the guest');
}

function validateRealtime(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { cpu, memory } = spec.domain;
  if (!cpu?.realtime) return;
  if (!cpu.dedicatedCpuPlacement) report.required(`${path}.cpu.dedicatedCpuPlacement`, 'must be true with realtime');
  if (!cpu.numa?.guestMappingPassthrough) {
    report.required(`${path}.cpu.numa.guestMappingPassthrough`, 'must be set with realtime');
  }
  if (!memory?.hugepages) report.required(`${path}.memory.hugepages`, 'must be set with realtime');
}
