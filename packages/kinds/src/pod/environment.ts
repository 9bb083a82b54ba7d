import { boolean, object, quantity, required, type Static, string } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';
import { configMapKeySelector, objectFieldSelector, secretKeySelector } from '../shared/references.ts';

export const resourceFieldSelector = object(
  {
    containerName: string('Container whose resources are meant; needed in volumes.'),
    resource: required(string('Such as limits.cpu or requests.memory.')),
    divisor: quantity('Unit of the answer; 1 by default.'),
  },
  'An amount of resources of a container.',
  { ...coreName('ResourceFieldSelector'), atomic: true },
);

const fileKeySelector = object(
  {
    volumeName: required(string('Volume that holds the file.')),
    path: required(string('Path of the file in the volume.')),
    key: required(string('Key in the file.')),
    optional: boolean('True when the file or key may be missing.'),
  },
  'One key of a file of variables.',
  { ...coreName('FileKeySelector'), atomic: true },
);

export const environmentVariable = object(
  {
    name: required(string('Name of the variable.')),
    value: string('Value; $(NAME) is replaced by earlier variables.'),
    valueFrom: object(
      {
        fieldRef: objectFieldSelector,
        resourceFieldRef: resourceFieldSelector,
        configMapKeyRef: configMapKeySelector,
        secretKeyRef: secretKeySelector,
        fileKeyRef: fileKeySelector,
      },
      'Where the value comes from.',
      coreName('EnvVarSource'),
    ),
  },
  'One variable of the environment.',
  coreName('EnvVar'),
);
export type EnvironmentVariable = Static<typeof environmentVariable>;

const sourceFields = (holder: string) => ({
  name: string(`Name of the ${holder}.`),
  optional: boolean(`True when the ${holder} may be missing.`),
});

export const environmentFromSource = object(
  {
    prefix: string('Put before every name.'),
    configMapRef: object(sourceFields('ConfigMap'), 'A ConfigMap.', coreName('ConfigMapEnvSource')),
    secretRef: object(sourceFields('Secret'), 'A Secret.', coreName('SecretEnvSource')),
  },
  'All keys of a ConfigMap or Secret as variables.',
  coreName('EnvFromSource'),
);
export type EnvironmentFromSource = Static<typeof environmentFromSource>;
