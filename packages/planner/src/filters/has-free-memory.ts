import { reasons } from '../reason.ts';
import { hasFree } from './has-free.ts';

export const hasFreeMemory = hasFree('memory', reasons.lacksMemory);
