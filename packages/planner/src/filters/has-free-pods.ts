import { reasons } from '../reason.ts';
import { hasFree } from './has-free.ts';

export const hasFreePods = hasFree('pods', reasons.lacksPods);
