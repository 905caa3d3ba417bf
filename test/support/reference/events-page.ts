import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { madeBy, table } from './page.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'libs', 'domain', 'src', 'event');

/** Every event of the log, in the order of the union, with its members; then the shapes that they hold. */
export function eventsPage(): string {
  const sources = globSync('*.ts', { cwd: folder })
    .filter((file) => !file.endsWith('.spec.ts'))
    .sort()
    .map((file) => ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true));
  const shapes = new Map(
    sources
      .flatMap(({ statements }) => statements.filter(ts.isInterfaceDeclaration))
      .map((one) => [one.name.text, one]),
  );
  const events = unionOf(sources);
  const others = [...shapes.keys()].filter((name) => !events.includes(name)).sort();
  return [
    '# Events',
    'What can be in the log, under rules 1. A record of `millrace.log` is a [frame](../adr/0003-frames.md) with up to 512 of them; `millrace log tail` shows them decoded, ' +
      'with what became of each. They are read by Millrace and by tools that look into a log, and written by Millrace alone: a service that wants a run asks ' +
      'over HTTP or the [intake topic](../operations.md#requests-over-kafka).',
    madeBy,
    ...events.map((name) => sectionOf('##', shapes.get(name)!)),
    '## Shapes',
    ...others.map((name) => sectionOf('###', shapes.get(name)!)),
  ].join('\n\n');
}

function unionOf(sources: readonly ts.SourceFile[]): string[] {
  const alias = sources
    .flatMap(({ statements }) => statements.filter(ts.isTypeAliasDeclaration))
    .find(({ name }) => name.text === 'Event');
  if (alias === undefined || !ts.isUnionTypeNode(alias.type))
    throw new Error('Expected a union Event, but found none.');
  return alias.type.types.map((type) => type.getText());
}

function sectionOf(level: string, shape: ts.InterfaceDeclaration): string {
  const members = shape.members
    .filter(ts.isPropertySignature)
    .filter((member) => member.name.getText() !== 'type')
    .map((member) => [
      `\`${member.name.getText()}\`${member.questionToken === undefined ? '' : ' (optional)'}`,
      `\`${member.type!.getText().replaceAll('readonly ', '')}\``,
      docOf(member),
    ]);
  const doc = docOf(shape);
  return [
    `${level} ${shape.name.text}`,
    ...(doc === '' ? [] : [doc]),
    table(['member', 'type', 'what it says'], members),
  ].join('\n\n');
}

function docOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => (typeof comment === 'string' ? comment : (ts.getTextOfJSDocComment(comment) ?? '')))
    .join(' ')
    .replaceAll(/\s+/g, ' ');
}
