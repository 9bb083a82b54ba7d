import {
  described,
  int32,
  int64,
  intOrString,
  listOf,
  object,
  oneOf,
  required,
  type Static,
  string,
} from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';

export const execAction = object(
  { command: listOf(string(), 'Program and arguments; no shell. Exit code 0 is success.') },
  'Runs a command in the container.',
  coreName('ExecAction'),
);

export const httpGetAction = object(
  {
    path: string('Path to ask for; / by default.'),
    port: required(intOrString('Port number or name.')),
    host: string('Host to connect to; the pod address by default.'),
    scheme: oneOf(['HTTP', 'HTTPS'], 'HTTP by default; certificates are not checked.'),
    httpHeaders: listOf(
      object(
        { name: required(string('Header name.')), value: required(string('Header value.')) },
        'One header.',
        coreName('HTTPHeader'),
      ),
      'Headers to send.',
    ),
  },
  'Asks over HTTP; a code from 200 to 399 is success.',
  coreName('HTTPGetAction'),
);

export const tcpSocketAction = object(
  {
    port: required(intOrString('Port number or name.')),
    host: string('Host to connect to; the pod address by default.'),
  },
  'Opens a TCP connection.',
  coreName('TCPSocketAction'),
);

export const grpcAction = object(
  { port: required(int32('Port number.')), service: string('Service name in the health request.') },
  'Asks the gRPC health service.',
  coreName('GRPCAction'),
);

export const probe = object(
  {
    exec: execAction,
    httpGet: httpGetAction,
    tcpSocket: tcpSocketAction,
    grpc: grpcAction,
    initialDelaySeconds: int32('Wait after the start of the container.'),
    timeoutSeconds: int32('After how long a try counts as failed; 1 by default.'),
    periodSeconds: int32('How often to try; 10 by default.'),
    successThreshold: int32('Successes in a row that count as good; 1 by default.'),
    failureThreshold: int32('Failures in a row that count as bad; 3 by default.'),
    terminationGracePeriodSeconds: int64('Grace period when this probe ends the container.'),
  },
  'Finds out regularly how the container is.',
  coreName('Probe'),
);
export type Probe = Static<typeof probe>;

const lifecycleHandler = object(
  {
    exec: execAction,
    httpGet: httpGetAction,
    tcpSocket: tcpSocketAction,
    sleep: object({ seconds: required(int64('How long.')) }, 'Waits.', coreName('SleepAction')),
  },
  'What to do at a turn in the life of the container.',
  coreName('LifecycleHandler'),
);

export const lifecycle = object(
  {
    postStart: described(lifecycleHandler, 'Right after the start; the container is killed when it fails.'),
    preStop: described(lifecycleHandler, 'Before the end; counts into the grace period.'),
    stopSignal: string('Signal that ends the container, such as SIGTERM.'),
  },
  'Hooks after the start and before the end.',
  coreName('Lifecycle'),
);
export type Lifecycle = Static<typeof lifecycle>;
export type LifecycleHandler = Static<typeof lifecycleHandler>;
