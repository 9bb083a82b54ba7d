import { MemoryStore } from './memory-store.ts';
import { storeConformance } from './node/conformance.ts';

storeConformance({ name: 'memory', open: async (options) => new MemoryStore(options) });
