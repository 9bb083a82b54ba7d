/**
 * Content negotiation. Godwit speaks JSON and YAML, and reads protobuf. It does not answer in protobuf or
 * CBOR: a client that lists JSON beside them gets JSON, one that accepts nothing else gets 406.
 */

/** How an answer is to be shaped: as it is, as a table, or reduced to metadata; or a discovery document. */
export interface Shape {
  readonly as: 'object' | 'table' | 'metadata' | 'discovery';
  /** Version of the `meta.k8s.io` or `apidiscovery.k8s.io` group that was asked for. */
  readonly version: string;
  readonly format: 'json' | 'yaml';
  /** The client insists on the shape; used where a shape has no meaning for the answer. */
  readonly contentType: string;
}

export const plainJson: Shape = { as: 'object', version: '', format: 'json', contentType: 'application/json' };
const plainYaml: Shape = { as: 'object', version: '', format: 'yaml', contentType: 'application/yaml' };

export interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const known = new Map<string, Shape | null>();

/** The best shape for an Accept header; undefined when nothing that it lists can be produced. */
export function negotiate(accept: string | undefined): Shape | undefined {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return plainJson;
  const cached = known.get(accept);
  if (cached !== undefined) return cached ?? undefined;
  let shape: Shape | undefined;
  for (const range of parseAccept(accept)) {
    shape = shapeOf(range);
    if (shape) break;
  }
  // Clients send a handful of different headers; whoever sends more does not get to fill the memory.
  if (known.size >= 256) known.clear();
  known.set(accept, shape ?? null);
  return shape;
}

/** The ranges of an Accept header, best first, in the order written where quality is equal (RFC 9110, 12.5.1). */
export function parseAccept(accept: string): MediaRange[] {
  const ranges = accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const pairs = parameters.map((parameter): [string, string] => {
      const equals = parameter.indexOf('=');
      return equals < 0 ? [parameter, ''] : [parameter.slice(0, equals).trim(), parameter.slice(equals + 1).trim()];
    });
    const map = new Map(pairs);
    const quality = Number(map.get('q') ?? 1);
    return { type: type.toLowerCase(), parameters: map, quality: Number.isFinite(quality) ? quality : 0 };
  });
  return ranges.filter((range) => range.quality > 0).sort((a, b) => b.quality - a.quality);
}

function shapeOf(range: MediaRange): Shape | undefined {
  const as = range.parameters.get('as');
  if (range.type === '*/*' || range.type === 'application/*') return plainJson;
  const yaml = range.type === 'application/yaml' || range.type === 'application/x-yaml' || range.type === 'text/yaml';
  if (!yaml && range.type !== 'application/json') return undefined;
  if (as === undefined) return yaml ? plainYaml : plainJson;
  const group = range.parameters.get('g');
  const version = range.parameters.get('v') ?? '';
  const format = yaml ? 'yaml' : 'json';
  const contentType = `${yaml ? 'application/yaml' : 'application/json'};as=${as};g=${group};v=${version}`;
  if (group === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1')) {
    // Kubernetes answers these with the plain content type.
    const plain = yaml ? 'application/yaml' : 'application/json';
    if (as === 'Table') return { as: 'table', version, format, contentType: plain };
    if (as.startsWith('PartialObjectMetadata')) return { as: 'metadata', version, format, contentType: plain };
  }
  if (
    group === 'apidiscovery.k8s.io' &&
    as === 'APIGroupDiscoveryList' &&
    (version === 'v2' || version === 'v2beta1')
  ) {
    return { as: 'discovery', version, format, contentType };
  }
  return undefined;
}

export type BodyFormat = 'json' | 'yaml' | 'protobuf';

/** How a request body is written, from its Content-Type; undefined when that is not understood. */
export function bodyFormat(contentType: string | undefined): BodyFormat | undefined {
  switch (essence(contentType)) {
    case '':
    case '*/*':
    case 'application/json':
      return 'json';
    case 'application/yaml':
    case 'application/x-yaml':
    case 'text/yaml':
      return 'yaml';
    case 'application/vnd.kubernetes.protobuf':
      return 'protobuf';
    default:
      return undefined;
  }
}

export const patchTypes: Readonly<Record<string, 'json' | 'merge' | 'strategic' | 'apply'>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** A media type without its parameters, in lower case. */
export function essence(contentType: string | undefined): string {
  if (contentType === undefined) return '';
  const semicolon = contentType.indexOf(';');
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}
