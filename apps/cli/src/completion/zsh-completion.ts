import type { CommandNode } from './command-tree.js';

/** A script for zsh, with the sentences of commands and flags beside them. */
export function zshCompletion(nodes: readonly CommandNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const valued = nodes.flatMap(({ path, flags }) =>
    flags.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names.map((name) => quoted(`${path}|${name}`))),
  );
  const choices = nodes.flatMap(({ path, flags }) =>
    flags
      .filter((flag) => flag.choices.length > 0)
      .map((flag) => {
        const patterns = flag.names.map((name) => quoted(`${path}|${name}`)).join('|');
        return `    ${patterns}) compadd -- ${flag.choices.map(quoted).join(' ')}; return ;;`;
      }),
  );
  const words = nodes.map(({ path, commands, flags, choices: values }) => {
    const names = [
      ...commands.map(({ name, description }) => described(name, description)),
      ...values.map((value) => described(value, '')),
    ];
    const all = flags.flatMap((flag) => flag.names.map((name) => described(name, flag.description)));
    return `    ${quoted(path)}) names=(${names.join(' ')}); flags=(${all.join(' ')}) ;;`;
  });
  return `#compdef millrace
# Completion of millrace for zsh: source <(millrace completion zsh)
_millrace() {
  local here="" next="" at
  local -a names flags
  for ((at = 2; at < CURRENT; at++)); do
    case "$here|\${words[at]}" in
    ${valued.join('|')}) ((at++)); continue ;;
    esac
    next="$here\${here:+ }\${words[at]}"
    case "$next" in
    ${paths.join('|')}) here="$next" ;;
    esac
  done
  case "$here|\${words[CURRENT-1]}" in
${choices.join('\n')}
    ${valued.join('|')}) _files; return ;;
  esac
  case "$here" in
${words.join('\n')}
  esac
  if [[ "$PREFIX" == -* ]]; then _describe -o flag flags
  elif (( $#names )); then _describe command names
  else _files
  fi
}
compdef _millrace millrace
`;
}

function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}${description === '' ? '' : `:${description.replaceAll('\n', ' ')}`}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
