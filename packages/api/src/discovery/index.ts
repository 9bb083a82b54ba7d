/** What is served, told to clients: plain discovery and the aggregated one, made from the kinds. */
export * from './discovery-documents.ts';
export * from './groups.ts';
