/** What both kinds of machines say in the same way: GPUs, and when they were asked for. */
import { type Amounts, gpuShareResource } from '../amounts.ts';
import { decisionAnnotation } from '../decision.ts';
import { isAction, parseRecords } from '../record/decision-record.ts';
import type { GpuRequest, MachineRequest } from './machine-request.ts';

/** A whole GPU, in thousandths. */
const WHOLE = 1000;

/** Whole GPUs, whoever makes them: `nvidia.com/gpu`, `amd.com/gpu`. */
export function isGpuResource(resource: string): boolean {
  return resource.endsWith('/gpu');
}

export function wholeGpus(amounts: Amounts): number {
  let count = 0;
  for (const resource in amounts) if (isGpuResource(resource)) count += amounts[resource] ?? 0;
  return count;
}

/**
 * The GPUs among what a machine asks for: whole ones (`nvidia.com/gpu: 2`), or thousandths of one
 * (`godwit.dev/gpu-share: 250`). More than 1000 thousandths are that many whole ones, rounded up; who asks for
 * both gets whole ones. Which of the host's GPUs it has got already stands in its decision.
 */
export function gpuOf(amounts: Amounts, annotations: Readonly<Record<string, string>> = {}): GpuRequest | undefined {
  const share = amounts[gpuShareResource] ?? 0;
  const whole = wholeGpus(amounts);
  const count = whole > 0 ? whole : Math.ceil(share / WHOLE);
  if (count <= 0) return undefined;
  const placed = parseRecords(annotations[decisionAnnotation]).find((record) => !isAction(record));
  const devices = placed && !isAction(placed) && isChoice(placed.gpus, count) ? placed.gpus : undefined;
  return { count, share: whole > 0 || share > WHOLE ? WHOLE : share, ...(devices && { devices }) };
}

/** Annotations are written by people, too. */
function isChoice(devices: unknown, count: number): devices is readonly number[] {
  if (!Array.isArray(devices) || devices.length !== count || new Set(devices).size !== count) return false;
  return devices.every((device) => Number.isInteger(device) && device >= 0);
}

/** The request of a machine that is to get devices anew, whichever it had. */
export function withoutDevices(request: MachineRequest): MachineRequest {
  const { gpu, cores } = request;
  if (!gpu?.devices && !cores?.devices) return request;
  return {
    ...request,
    ...(gpu && { gpu: { count: gpu.count, share: gpu.share } }),
    ...(cores && { cores: { count: cores.count, share: cores.share, strict: cores.strict } }),
  };
}

/** What a machine with these amounts takes in thousandths of GPUs, so that whole and shared ones add up. */
export function withGpuShares(amounts: Record<string, number>, gpu: GpuRequest | undefined): Record<string, number> {
  if (gpu) amounts[gpuShareResource] = gpu.count * gpu.share;
  return amounts;
}

export function sinceOf(creationTimestamp: string | undefined): { readonly since?: number } {
  const ms = Date.parse(creationTimestamp ?? '');
  return Number.isNaN(ms) ? {} : { since: Math.floor(ms / 1000) };
}
