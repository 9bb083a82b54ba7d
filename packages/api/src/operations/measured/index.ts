/** Resources that are measured when somebody reads them, and stored nowhere: what `kubectl top` shows. */
export { isMeasured } from './measured-resources.ts';
export { getMeasured, listMeasured } from './read-measured.ts';
