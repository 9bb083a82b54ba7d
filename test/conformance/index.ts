/**
 * Real clients judge the API: every kubectl on this machine, and the official JavaScript client, against
 * the API over a memory store in this process. What needs controllers or hosts is tried in test/e2e.
 */
export { ApiUnderTest } from './support/api-under-test.ts';
