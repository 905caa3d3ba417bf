import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { apiVersion, whatAnswers, type Found } from './what-answers.js';

let asked: string | undefined;

/** Which API the command asks: whatever fails there is explained by what answers there. */
export function askingApi(url: string): void {
  asked = url;
}

/** Errors of the client that the address may be to blame for; an answer of another shape may also end in a TypeError. */
const doubtful: ReadonlySet<string> = new Set(['unreachable', 'not-a-problem', 'route-unknown', 'answer-unknown']);

/** The same error, or one that says in a sentence who is or is not there, and what to do. */
export async function explained(error: unknown, cliVersion: string): Promise<unknown> {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  const isDoubtful = name === 'MillraceError' ? doubtful.has(code ?? '') : error instanceof TypeError;
  if (asked === undefined || !isDoubtful) return error;
  const found = await whatAnswers(asked);
  return explanation(found, asked, cliVersion, error);
}

/** Exit codes: 6 for who is down, 2 for an address that is none of Millrace, 5 for versions that do not fit. */
export function explanation(found: Found, url: string, cliVersion: string, error: unknown): unknown {
  const options = { cause: error };
  switch (found.kind) {
    case 'nobody': {
      const remedy = 'Start it (here: npx millrace up), or name another: --url, MILLRACE_URL or --profile.';
      const message = `Expected Millrace to answer at ${url}, but: ${found.reason}. ${remedy}`;
      return new CommandFailed(message, exitCodes.unavailable, options);
    }
    case 'proxy': {
      const message = `Expected Millrace to answer at ${url}, but what is in front of it says ${found.status}: start ingest, or wait for it.`;
      return new CommandFailed(message, exitCodes.unavailable, options);
    }
    case 'other': {
      const message = `Expected Millrace at ${url}, but something else answers there (${found.what}). Correct --url, MILLRACE_URL or the profile.`;
      return new CommandFailed(message, exitCodes.usage, options);
    }
    case 'other-version': {
      const message = `Expected the API ${apiVersion} at ${url}, but it has ${found.api}. Use the command that belongs to ${found.version ?? 'that server'}: this is ${cliVersion}.`;
      return new CommandFailed(message, exitCodes.conflict, options);
    }
    case 'millrace': {
      const { code, detail } = error as { readonly code?: string; readonly detail?: string };
      if (detail === undefined || found.version === cliVersion || code === 'unreachable' || code === 'not-a-problem')
        return error;
      const message = `Expected a server that knows this command, but ${url} is ${found.version ?? 'of another version'} and this is ${cliVersion}. Use the same version of both. It said: ${detail}`;
      return new CommandFailed(message, exitCodes.conflict, options);
    }
  }
}
