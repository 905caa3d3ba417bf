import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigInvalid } from './config-invalid.js';
import { publicHostSentence } from './loopback.js';

/**
 * Reads the variables that `schema` names (its keys are environment variables) out of `env`. For each, `<NAME>_FILE` may name
 * a file with the value instead, for secrets. An empty value counts as absent. Throws `ConfigInvalid` with one sentence for
 * every variable at fault.
 */
export function readConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const sentences: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = valueOf(name, env, sentences);
    if (value !== undefined && value !== '') values[name] = value;
  }
  const parsed = schema.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) sentences.push(sentenceOf(issue, values));
  const exposed = publicHostSentence(values);
  if (exposed !== undefined) sentences.push(exposed);
  if (!parsed.success || sentences.length > 0) throw new ConfigInvalid(sentences);
  return parsed.data;
}

function valueOf(name: string, env: NodeJS.ProcessEnv, sentences: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return env[name];
  if (env[name] !== undefined && env[name] !== '') {
    sentences.push(`Expected ${name} or ${name}_FILE, but both are set. Remove one.`);
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    sentences.push(`Expected ${name}_FILE to name a readable file, but ${(cause as Error).message}.`);
    return undefined;
  }
}

function sentenceOf(issue: z.core.$ZodIssue, values: Record<string, string>): string {
  const name = String(issue.path[0] ?? 'the environment');
  if (values[name] === undefined) return `Expected ${name} to be set, but it is not.`;
  return `Expected a usable ${name}, but: ${issue.message}.`;
}
