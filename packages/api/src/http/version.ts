/**
 * The Kubernetes version whose API this is. Clients compare it with their own and warn from two minor
 * versions away on, so 1.32 suits kubectl 1.31 to 1.33, and 1.30 still works.
 */
export const kubernetesVersion = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0+godwit',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'typescript',
  platform: 'linux/amd64',
} as const;
