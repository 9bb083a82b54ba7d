import type { Draft } from '../machinery/index.ts';
import type { Container } from './container.ts';
import type { Pod } from './pod-body.ts';
import { qosClassOf } from './pod-resources.ts';
import type { PodSpec } from './pod-spec.ts';
import type { PodTemplate } from './pod-template.ts';
import type { Probe } from './probe.ts';
import { defaultVolume } from './volume-defaults.ts';

/**
 * What a pod gets that its user left out, as the Kubernetes API reference documents it field by field.
 * Templates get the same, but for what only real pods have.
 */
type SpecDraft = Draft<PodSpec>;
type ContainerDraft = Draft<Container>;
type ProbeDraft = Draft<Probe>;

const DEFAULT_GRACE_PERIOD_SECONDS = 30;

function defaultHttpGet(handler: Pick<ProbeDraft, 'httpGet'> | undefined): void {
  if (!handler?.httpGet) return;
  handler.httpGet.path ||= '/';
  handler.httpGet.scheme ||= 'HTTP';
}

function defaultProbe(probe: ProbeDraft | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe);
  if (probe.grpc) probe.grpc.service ??= '';
}

/** `Always` where the tag is `latest` or missing and no digest is given; the tag follows the last slash. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultContainer(container: ContainerDraft, hostNetwork: boolean): void {
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
  container.resources ??= {};
  for (const port of container.ports ?? []) {
    port.protocol ||= 'TCP';
    if (hostNetwork) port.hostPort ||= port.containerPort;
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) defaultProbe(probe);
  defaultHttpGet(container.lifecycle?.postStart);
  defaultHttpGet(container.lifecycle?.preStop);
}

function allContainers(spec: SpecDraft): readonly ContainerDraft[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

export function defaultPodSpec(spec: SpecDraft): void {
  spec.restartPolicy ||= 'Always';
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.terminationGracePeriodSeconds ??= DEFAULT_GRACE_PERIOD_SECONDS;
  spec.schedulerName ||= 'default-scheduler';
  spec.securityContext ??= {};
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  for (const container of allContainers(spec)) defaultContainer(container, spec.hostNetwork ?? false);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
}

export function defaultPodTemplate(template: Draft<PodTemplate> | undefined): void {
  if (template?.spec) defaultPodSpec(template.spec);
}

/** Requests come from limits; only pods themselves get this, so that templates stay as written. */
function defaultRequests(container: ContainerDraft): void {
  const { resources } = container;
  if (!resources?.limits) return;
  resources.requests = { ...resources.limits, ...resources.requests };
}

/** Every pod tolerates for five minutes that its node is not heard of. */
function defaultTolerations(spec: SpecDraft): void {
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const tolerated = spec.tolerations?.some(
      (toleration) =>
        (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute'),
    );
    if (tolerated) continue;
    spec.tolerations = [
      ...(spec.tolerations ?? []),
      { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ];
  }
}

export function defaultPod(pod: Draft<Pod>): void {
  if (!pod.spec) return;
  const created = pod.status?.phase === undefined;
  if (created) {
    defaultTolerations(pod.spec);
    pod.spec.serviceAccountName ||= pod.spec.serviceAccount || 'default';
  }
  defaultPodSpec(pod.spec);
  pod.spec.enableServiceLinks ??= true;
  pod.spec.preemptionPolicy ||= 'PreemptLowerPriority';
  pod.spec.priority ??= 0;
  for (const container of allContainers(pod.spec)) defaultRequests(container);
  pod.status = { ...pod.status, phase: pod.status?.phase ?? 'Pending' };
  pod.status.qosClass ??= qosClassOf(pod.spec);
}
