/** What needs Node: the engines that keep their log on a disk or in a database, and the suite for all engines. */
export * from './sqlite/index.ts';
