/**
 * Replaces `$(NAME)` by the variable's value, as Kubernetes does: `$$` is a dollar sign, and what names no
 * variable stays as it is.
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(variables, name) ? (variables[name] as string) : whole;
  });
}
