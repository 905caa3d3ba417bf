import { Option } from 'commander';

/** `--sort`, in the words of the API: a member, ascending, or with a dash before it descending. The first is the default. */
export function sortOption(byDefault: string, reversed: string): Option {
  return new Option('--sort <member>', 'ascending; with a dash before it descending')
    .choices([byDefault, reversed])
    .default(byDefault);
}
