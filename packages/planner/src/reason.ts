/**
 * Why a host will not do, as small integers: they are written with every binding and expanded when somebody
 * asks. Numbers are for ever: never change or reuse one.
 */
export const reasons = {
  passes: 0,
  isNotReady: 1,
  isUnschedulable: 2,
  lacksCpu: 3,
  lacksMemory: 4,
  lacksPods: 5,
  lacksDevices: 6,
  portIsTaken: 7,
  selectorDoesNotMatch: 8,
  hasTaint: 9,
  doesNotReachVolume: 10,
  hasNoFriends: 11,
  hasFoes: 12,
  isKeptAway: 13,
  wouldSpreadUnevenly: 14,
  hasNoTopologyLabel: 15,
  hasOtherArchitecture: 16,
  lacksGpus: 17,
  lacksCores: 18,
  hasOtherTenant: 19,
  isAsleep: 20,
  hasOtherPolicy: 21,
} as const;

export type Reason = (typeof reasons)[keyof typeof reasons];

/** One more than the largest reason: the size of a table by reason. */
export const REASON_COUNT = 22;
