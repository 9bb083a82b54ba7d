/** What sleeps while nobody asks for it: a Deployment's Service and ElasticPolicy, all of one name, as YAML. */
import type { Deployment } from '@godwit/kinds';
import type { GodwitUnderTest } from './godwit.ts';

/** Its Service: port 80 to 8080. `more` is fields of the spec and of the port, in YAML's flow style. */
export const sleeperService = (name: string, more: { readonly spec?: string; readonly port?: string } = {}): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: ${name}}
  ports: [{port: 80, targetPort: 8080${more.port === undefined ? '' : `, ${more.port}`}}]
  ${more.spec ?? ''}`;

/** Its policy: it sleeps once nobody has asked for that long. */
export const sleeperPolicy = (name: string, idleSeconds: number): string => `
apiVersion: godwit.dev/v1alpha1
kind: ElasticPolicy
metadata: {name: ${name}}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}
  out: {minReplicas: 0, maxReplicas: 4}
  idleSeconds: ${idleSeconds}
  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
  metrics: [{name: requests, type: requests, service: ${name}, target: {value: "100"}}]`;

/** Whether none is wanted, and not one pod is left. */
export async function isAsleep(godwit: GodwitUnderTest, name: string): Promise<boolean> {
  if ((await godwit.get<Deployment>('deployment', name))?.spec.replicas !== 0) return false;
  return (await godwit.kubectl('get', 'pods', '-l', `app=${name}`, '-o', 'name')) === '';
}
