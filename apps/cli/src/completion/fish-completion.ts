import type { CommandNode, FlagNode } from './command-tree.js';

/** A script for fish, with the sentences of commands and flags beside them. */
export function fishCompletion(nodes: readonly CommandNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = nodes.flatMap(({ path, commands, flags, choices }) => {
    const here = `complete -c millrace -n ${quoted(`__millrace_at ${quoted(path)}`)}`;
    return [
      ...commands.map(({ name, description }) => `${here} -f -a ${quoted(name)} -d ${quoted(description)}`),
      ...(choices.length === 0 ? [] : [`${here} -f -a ${quoted(choices.join(' '))}`]),
      ...flags.map((flag) => `${here}${flagText(flag)} -d ${quoted(flag.description)}`),
    ];
  });
  return `# Completion of millrace for fish: millrace completion fish | source
function __millrace_at
  set -l here ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$here $word")
    if contains -- "$next" ${paths.join(' ')}
      set here "$next"
    end
  end
  test "$here" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function flagText({ names, takesValue, choices }: FlagNode): string {
  const parts = names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`));
  const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
  return `${parts.join('')}${values}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
