import { writeFile } from 'node:fs/promises';

/** Annotation of a container whose input stays open when a session that was attached to it ends. */
export const KEEP_STDIN = 'godwit.dev/keep-stdin';

/**
 * Podman knows no container whose input outlives an attached session, as Kubernetes has it by default, but conmon does.
 * So containers are monitored by way of this script, which tells conmon of those that carry the annotation.
 */
const SCRIPT = `#!/bin/sh
bundle=
before=
for word in "$@"; do
  [ "$before" = -b ] && bundle=$word
  before=$word
done
if grep -qs '"${KEEP_STDIN}":"true"' "$bundle/config.json"; then
  set -- --leave-stdin-open "$@"
fi
exec CONMON "$@"
`;

/** Writes the script that runs `conmon`, a path, to `path`. */
export async function writeMonitorProgram(path: string, conmon: string): Promise<void> {
  await writeFile(
    path,
    SCRIPT.replace('CONMON', () => `'${conmon.replaceAll("'", `'\\''`)}'`),
    { mode: 0o755 },
  );
}
