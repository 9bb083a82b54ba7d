/**
 * HorizontalPodAutoscaler: reads the target's scale, its machines and their metrics, lets the planner decide,
 * writes the scale and says why. What it remembers for its windows is in memory: a new process begins with the
 * recommendations that it makes itself.
 */
export * from './horizontal-pod-autoscaler-reconciler.ts';
