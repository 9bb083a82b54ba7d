import { MemoryStore } from './memory-store.ts';
import { type Engine, storeConformance } from './node/conformance/index.ts';
import { storeFuzz } from './node/fuzz.ts';

const memory: Engine = { name: 'memory', open: async (options) => new MemoryStore(options) };

storeConformance(memory);
storeFuzz(memory, { runs: 200 });
