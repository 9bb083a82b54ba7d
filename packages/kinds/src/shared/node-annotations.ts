/** Processors of each NUMA node of a host, such as `16,16`. */
export const numaAnnotation = 'godwit.dev/numa-cores';
