import { Failure } from '@godwit/base';
import type { Command } from 'commander';

interface Word {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
}

/** `godwit completion SHELL`: the script that the shell's own start-up file sources. */
export function completion(shell: string, program: Command): void {
  const words = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command.options.map(({ long }) => long ?? '').filter((option) => option !== ''),
  }));
  const render = RENDERERS[shell];
  if (!render)
    throw new Failure('bad-argument', `no completion for ${shell}; there is: ${Object.keys(RENDERERS).join(', ')}`);
  process.stdout.write(render(words));
}

const RENDERERS: Readonly<Record<string, (words: readonly Word[]) => string>> = { bash, zsh, fish };

function bash(words: readonly Word[]): string {
  const cases = words.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`).join('\n');
  return `_godwit() {
  local words="${words.map(({ name }) => name).join(' ')}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _godwit godwit ./godwit
`;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function zsh(words: readonly Word[]): string {
  const verbs = words.map(({ name, description }) => `    ${quote(`${name}:${description}`)}`).join('\n');
  const cases = words.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`).join('\n');
  return `#compdef godwit
_godwit() {
  local -a verbs=(
${verbs}
  )
  if (( CURRENT == 2 )); then _describe 'verb' verbs; return; fi
  case $words[2] in
${cases}
  esac
  _files
}
compdef _godwit godwit
`;
}

function fish(words: readonly Word[]): string {
  const lines = words.flatMap(({ name, description, options }) => [
    `complete -c godwit -n __fish_use_subcommand -a ${name} -d ${quote(description)}`,
    ...options.map((option) => `complete -c godwit -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
  ]);
  return `${lines.join('\n')}\n`;
}
