import type { CommandNode } from './command-tree.js';

/** A script for bash. Where neither a command nor a flag is wanted, it leaves files to the shell. */
export function bashCompletion(nodes: readonly CommandNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => `"${path}"`);
  const valued = nodes.flatMap(({ path, flags }) =>
    flags.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names.map((name) => `"${path}|${name}"`)),
  );
  const choices = nodes.flatMap(({ path, flags }) =>
    flags
      .filter((flag) => flag.choices.length > 0)
      .map((flag) => {
        const patterns = flag.names.map((name) => `"${path}|${name}"`).join('|');
        return `    ${patterns}) COMPREPLY=($(compgen -W "${flag.choices.join(' ')}" -- "$word")); return ;;`;
      }),
  );
  const words = nodes.map(({ path, commands, flags, choices: values }) => {
    const names = [...commands.map(({ name }) => name), ...values].join(' ');
    const all = flags.flatMap((flag) => flag.names).join(' ');
    return `    "${path}") names="${names}"; flags="${all}" ;;`;
  });
  return `# Completion of millrace for bash: eval "$(millrace completion bash)"
_millrace() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" names="" flags="" at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$path|\${COMP_WORDS[at]}" in
    ${valued.join('|')}) ((at++)); continue ;;
    esac
    local next="$path\${path:+ }\${COMP_WORDS[at]}"
    case "$next" in
    ${paths.join('|')}) path="$next" ;;
    esac
  done
  case "$path|$before" in
${choices.join('\n')}
    ${valued.join('|')}) return ;;
  esac
  case "$path" in
${words.join('\n')}
  esac
  if [[ "$word" == -* ]]; then names="$flags"; fi
  COMPREPLY=($(compgen -W "$names" -- "$word"))
}
complete -o default -F _millrace millrace
`;
}
