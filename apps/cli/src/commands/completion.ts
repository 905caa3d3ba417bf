import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash-completion.js';
import { commandNodes, type CommandNode } from '../completion/command-tree.js';
import { fishCompletion } from '../completion/fish-completion.js';
import { zshCompletion } from '../completion/zsh-completion.js';

const shells: Readonly<Record<string, (nodes: readonly CommandNode[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `millrace completion <shell>`. */
export function addCompletion(command: Command): void {
  command
    .addArgument(new Argument('<shell>', 'whose script is written').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
In bash:  eval "$(millrace completion bash)"       in ~/.bashrc
In zsh:   source <(millrace completion zsh)        in ~/.zshrc, behind compinit
In fish:  millrace completion fish | source        in ~/.config/fish/config.fish`,
    )
    .action(async (shell: string) => {
      // Here, since the tree holds this command too.
      const { wholeProgram } = await import('../program.js');
      process.stdout.write(shells[shell]!(commandNodes(await wholeProgram())));
    });
}
