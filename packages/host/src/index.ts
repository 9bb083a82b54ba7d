/** The hands: what one host does. Pure state machines here; drivers under node/ and fake/. */

export * from './machine/index.ts';
export * from './network-driver.ts';
export { type AddressPlan, type ServiceSources, ServiceTableMaker, servedAddresses } from './services/index.ts';
export * from './volume-driver.ts';
