import { compareQuantities, isQuantity } from '../../exact-quantity.ts';
import { dnsLabelFault, eachItem, type Faults } from '../../validation/index.ts';
import type { KeyToPath, Volume, VolumeProjection } from '../volume.ts';
import { localPathFault } from './paths.ts';

/** Sources that machines of this cloud can mount. The others are known words, and are refused. */
const OFFERED = new Set<string>([
  'emptyDir',
  'configMap',
  'secret',
  'downwardAPI',
  'projected',
  'persistentVolumeClaim',
  'hostPath',
]);
const OFFERED_PROJECTIONS = new Set<string>(['configMap', 'secret', 'downwardAPI', 'serviceAccountToken']);

function validateItems(items: readonly KeyToPath[] | undefined, path: string, faults: Faults): void {
  eachItem(items, `${path}.items`, (item, at) => {
    if (item.key === '') faults.required(`${at}.key`);
    if (item.path === '') faults.required(`${at}.path`);
    else faults.check(`${at}.path`, item.path, localPathFault);
    faults.within(`${at}.mode`, item.mode, 0, 0o777);
  });
}

function validateProjection(source: VolumeProjection, path: string, faults: Faults): void {
  const given = Object.keys(source);
  if (given.length !== 1) faults.forbidden(path, 'exactly one projection per source is expected');
  for (const name of given) {
    if (!OFFERED_PROJECTIONS.has(name)) faults.forbidden(`${path}.${name}`, 'this projection is not offered here');
  }
  const { configMap, secret, serviceAccountToken } = source;
  if (configMap && !configMap.name) faults.required(`${path}.configMap.name`);
  if (secret && !secret.name) faults.required(`${path}.secret.name`);
  validateItems(configMap?.items, `${path}.configMap`, faults);
  validateItems(secret?.items, `${path}.secret`, faults);
  if (!serviceAccountToken) return;
  if (serviceAccountToken.path === '') faults.required(`${path}.serviceAccountToken.path`);
  faults.within(`${path}.serviceAccountToken.expirationSeconds`, serviceAccountToken.expirationSeconds, 600);
}

function validateSource(volume: Volume, path: string, faults: Faults): void {
  const { emptyDir, configMap, secret, downwardAPI, projected, persistentVolumeClaim, hostPath } = volume;
  for (const [name, source] of Object.entries({ configMap, secret, downwardAPI, projected })) {
    faults.within(`${path}.${name}.defaultMode`, source?.defaultMode, 0, 0o777);
  }
  if (configMap && !configMap.name) faults.required(`${path}.configMap.name`);
  validateItems(configMap?.items, `${path}.configMap`, faults);
  if (secret && !secret.secretName) faults.required(`${path}.secret.secretName`);
  validateItems(secret?.items, `${path}.secret`, faults);
  if (persistentVolumeClaim?.claimName === '') faults.required(`${path}.persistentVolumeClaim.claimName`);
  if (hostPath?.path === '') faults.required(`${path}.hostPath.path`);
  if (hostPath?.path.split('/').includes('..'))
    faults.invalid(`${path}.hostPath.path`, hostPath.path, "must not contain '..'");
  const limit = emptyDir?.sizeLimit;
  if (limit !== undefined && isQuantity(limit) && compareQuantities(limit, 0) < 0) {
    faults.invalid(`${path}.emptyDir.sizeLimit`, String(limit), 'must be greater than or equal to 0');
  }
  eachItem(downwardAPI?.items, `${path}.downwardAPI.items`, (item, at) => {
    faults.check(`${at}.path`, item.path, localPathFault);
    if (!item.fieldRef === !item.resourceFieldRef)
      faults.invalid(at, item.path, 'must have exactly one of fieldRef and resourceFieldRef');
  });
  eachItem(projected?.sources, `${path}.projected.sources`, (source, at) => validateProjection(source, at, faults));
}

export function validateVolumes(volumes: readonly Volume[] | undefined, path: string, faults: Faults): void {
  eachItem(volumes, path, (volume, at) => {
    if (volume.name === '') faults.required(`${at}.name`);
    else faults.check(`${at}.name`, volume.name, dnsLabelFault);
    const sources = Object.keys(volume).filter((field) => field !== 'name');
    if (sources.length === 0) faults.required(at, 'must specify a volume type');
    for (const extra of sources.slice(1)) faults.forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type');
    for (const name of sources) {
      if (!OFFERED.has(name)) faults.forbidden(`${at}.${name}`, 'this volume type is not offered here');
    }
    validateSource(volume, at, faults);
  });
  faults.distinct(
    volumes ?? [],
    ({ name }) => name,
    (index) => `${path}[${index}].name`,
  );
}
