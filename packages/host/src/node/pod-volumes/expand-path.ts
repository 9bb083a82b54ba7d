import { Failure } from '@godwit/base';

/** `subPathExpr` with its variables; one that is missing is an error, as in Kubernetes. */
export function expandPath(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\(([^)]*)\)/g, (_whole, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Failure('configuration-error', `missing value for "${name}" in "${text}"`);
    return value;
  });
}
