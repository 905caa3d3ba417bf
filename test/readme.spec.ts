import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
/** A marked code block: which file it shows, and what stands in it. */
const snippet = /(<!-- from (\S+) -->\n+```(?:ts|yaml)\n)([^]*?)(```)/g;

it.each([
  ['README.md', 'examples/01-first-task/handlers.ts'],
  ['docs/tutorial/your-first-workflow.md', 'examples/00-tutorial/weather.yaml'],
])('%s shows the examples as they are (UPDATE_DOCS=1 rewrites it)', (page, shown) => {
  const current = textOf(page).replaceAll(snippet, (_all, head: string, file: string, _shown, end: string) => {
    return `${head}${textOf(file).trimEnd()}\n${end}`;
  });
  expect([...textOf(page).matchAll(snippet)].map((match) => match[2])).toContain(shown);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(root, page), current);
  expect(textOf(page)).toBe(current);
});

it('every link between our pages leads to a file that is there', () => {
  const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  const broken = pages
    .split('\n')
    .filter((page) => page !== '' && existsSync(join(root, page)))
    .flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .filter(([, link]) => !existsSync(join(root, dirname(page), link!)))
        .map(([, link]) => `${page}: ${link}`),
    );
  expect(broken).toEqual([]);
});

it('every file that ARCHITECTURE.md and CONTRIBUTING.md name in code is there', () => {
  const named = ['ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((page) => [
    ...textOf(page).matchAll(/`((?:libs|apps|test|examples)\/[\w./-]+\.(?:ts|md|mjs))`/g),
  ]);
  expect(named.map((match) => match[1]!).filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

it('every example is in the table of examples/README.md, and has a page, a program and a spec', () => {
  const examples = readdirSync(join(root, 'examples')).filter((name) => /^\d\d-/.test(name));
  const table = [...textOf('examples/README.md').matchAll(/^\| \[(\S+)\]/gm)].map((match) => match[1]);
  expect(table).toEqual(examples.sort());
  const numbers = examples.map((name) => Number(name.slice(0, 2)));
  expect(numbers).toEqual(numbers.map((_, index) => index));
  for (const name of examples) {
    const files = readdirSync(join(root, 'examples', name));
    expect(files).toEqual(expect.arrayContaining(['README.md', 'main.ts', 'package.json', 'tsconfig.json']));
    expect(files.filter((file) => file.endsWith('.spec.ts'))).not.toEqual([]);
    expect(textOf(`examples/${name}/README.md`)).toContain(`npm run example -- ${name.slice(0, 2)}`);
  }
});
