import 'reflect-metadata';
import { createApp } from './app.js';

const app = await createApp();
await app.startAllMicroservices();
await app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
const url = await app.getUrl();
const { status } = await get('health');
console.log(`health: ${status}`);

// What a caller of the service does.
for (const [name, address] of [
  ['Ada', ' Ada@Example.org'],
  ['Bob', 'bob@example.org'],
  ['Carol', 'nowhere'],
  ['Mallory', 'mallory@example.org'],
]) {
  const response = await fetch(`${url}/signups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, address }),
  });
  const { run } = (await response.json()) as { run: string };
  console.log(`${name}: ${JSON.stringify(await get(`signups/${run}`))}`);
}
await app.close();

async function get(path: string): Promise<{ readonly status: string }> {
  return (await (await fetch(`${url}/${path}`)).json()) as { readonly status: string };
}
