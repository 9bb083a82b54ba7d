import { reasons } from '../reason.ts';
import { hasFree } from './has-free.ts';

export const hasFreeCpu = hasFree('cpu', reasons.lacksCpu);
