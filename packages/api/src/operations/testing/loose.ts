/** An object as `JSON.parse` gives it, for tests that look into objects of many kinds. */
export type Loose = ReturnType<typeof JSON.parse>;
