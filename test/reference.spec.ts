import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { wholeProgram } from '../apps/cli/src/program.js';
import { apiPage, type OpenApi } from './support/reference/api-page.ts';
import { cliPage } from './support/reference/cli-page.ts';
import { eventsPage } from './support/reference/events-page.ts';
import { expectPage } from './support/reference/page.ts';
import { topicsPage } from './support/reference/topics-page.ts';

const document = join(import.meta.dirname, '..', 'libs', 'protocol', 'openapi.json');

it('docs/reference/cli.md is what the commands say of themselves', async () => {
  await expectPage('cli.md', cliPage(await wholeProgram()));
});

it('docs/reference/api.md is what the OpenAPI document says', async () => {
  await expectPage('api.md', apiPage(JSON.parse(readFileSync(document, 'utf8')) as OpenApi));
});

it('docs/reference/topics.md is what topics apply makes', async () => {
  await expectPage('topics.md', topicsPage());
});

it('docs/reference/events.md is what the types of events say', async () => {
  await expectPage('events.md', eventsPage());
});
