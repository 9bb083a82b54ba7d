import { Failure } from '@godwit/base';
import type {
  ConfigMap,
  Container,
  EnvironmentFromSource,
  EnvironmentVariable,
  Pod,
  Secret,
  Service,
  Stored,
} from '@godwit/kinds';
import type { ConfigurationSource } from './configuration.ts';
import { planOf } from './container-plan.ts';
import { expand } from './expand.ts';
import { fieldValue, resourceValue } from './field-value.ts';
import type { HostFacts } from './host-facts.ts';

/**
 * All variables of a container: of services, then from whole ConfigMaps and Secrets, then one by one.
 * @throws Failure `configuration-error` when something that is not optional is missing
 */
export async function environmentOf(
  pod: Stored<Pod>,
  container: Container,
  source: ConfigurationSource,
  host: HostFacts,
): Promise<Readonly<Record<string, string>>> {
  const namespace = pod.metadata.namespace ?? '';
  const services = serviceVariables(await source.services(namespace), namespace, pod.spec.enableServiceLinks !== false);
  const variables: Record<string, string> = { ...services };
  for (const from of container.envFrom ?? []) Object.assign(variables, await wholeSource(namespace, from, source));
  for (const entry of container.env ?? []) {
    const value =
      entry.valueFrom === undefined
        ? expand(entry.value ?? '', variables)
        : await referenced(pod, container, entry, source, host);
    if (value !== undefined) variables[entry.name] = value;
  }
  return variables;
}

async function wholeSource(
  namespace: string,
  from: EnvironmentFromSource,
  source: ConfigurationSource,
): Promise<Record<string, string>> {
  const { configMapRef, secretRef, prefix = '' } = from;
  const reference = configMapRef ?? secretRef;
  if (!reference?.name) return {};
  const data = configMapRef
    ? configMapData(await source.configMap(namespace, reference.name))
    : secretData(await source.secret(namespace, reference.name));
  if (data === undefined && !reference.optional) throw missing(configMapRef ? 'configmap' : 'secret', reference.name);
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [prefix + key, value]));
}

type Data = Readonly<Record<string, string>>;

const configMapData = (found: ConfigMap | undefined): Data | undefined => found && (found.data ?? {});

function secretData(found: Secret | undefined): Data | undefined {
  return (
    found && Object.fromEntries(Object.entries(found.data ?? {}).map(([key, value]) => [key, textOfBase64(value)]))
  );
}

/** Base64 as UTF-8 text, without anything of Node. */
export function textOfBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}

function missing(kind: string, name: string): Failure {
  return new Failure('configuration-error', `${kind} "${name}" not found`, { retryable: true });
}

async function referenced(
  pod: Stored<Pod>,
  container: Container,
  entry: EnvironmentVariable,
  source: ConfigurationSource,
  host: HostFacts,
): Promise<string | undefined> {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = entry.valueFrom ?? {};
  if (fieldRef) return fieldValue(pod, fieldRef.fieldPath, host);
  if (resourceFieldRef) {
    const { containerName, resource, divisor } = resourceFieldRef;
    const subject = planOf(pod).find(({ name }) => name === containerName)?.spec ?? container;
    return resourceValue(subject, resource, divisor, host);
  }
  const namespace = pod.metadata.namespace ?? '';
  if (configMapKeyRef?.name) {
    const found = await source.configMap(namespace, configMapKeyRef.name);
    return keyOf('configmap', configMapData(found), configMapKeyRef);
  }
  if (secretKeyRef?.name) {
    const found = await source.secret(namespace, secretKeyRef.name);
    return keyOf('secret', secretData(found), secretKeyRef);
  }
  return undefined;
}

function keyOf(
  kind: string,
  data: Data | undefined,
  selector: { readonly name?: string; readonly key: string; readonly optional?: boolean },
): string | undefined {
  const value = data?.[selector.key];
  if (value !== undefined || selector.optional) return value;
  if (!data) throw missing(kind, selector.name ?? '');
  throw new Failure('configuration-error', `couldn't find key ${selector.key} in ${kind} ${selector.name}`, {
    retryable: true,
  });
}

/** The variables by which a pod finds services without DNS: `NAME_SERVICE_HOST` and Docker's older ones. */
export function serviceVariables(
  services: readonly Stored<Service>[],
  namespace: string,
  links: boolean,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const service of services) {
    const { name } = service.metadata;
    const own = service.metadata.namespace === namespace;
    const api = service.metadata.namespace === 'default' && name === 'kubernetes';
    if (api || (links && own)) Object.assign(variables, variablesOf(service));
  }
  return variables;
}

function variablesOf(service: Stored<Service>): Record<string, string> {
  const host = service.spec?.clusterIP;
  const ports = service.spec?.ports ?? [];
  const [first] = ports;
  if (!host || host === 'None' || first === undefined) return {};
  const prefix = service.metadata.name.toUpperCase().replaceAll('-', '_');
  const variables: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: host,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
    [`${prefix}_PORT`]: `${(first.protocol ?? 'TCP').toLowerCase()}://${host}:${first.port}`,
  };
  for (const { name, port, protocol = 'TCP' } of ports) {
    if (name) variables[`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll('-', '_')}`] = String(port);
    const stem = `${prefix}_PORT_${port}_${protocol}`;
    variables[stem] = `${protocol.toLowerCase()}://${host}:${port}`;
    variables[`${stem}_PROTO`] = protocol.toLowerCase();
    variables[`${stem}_PORT`] = String(port);
    variables[`${stem}_ADDR`] = host;
  }
  return variables;
}
