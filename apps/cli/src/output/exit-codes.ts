/** Stable: scripts decide by them. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  permission: 4,
  conflict: 5,
  unavailable: 6,
  /** The command did its part, and the run that it waited for did not succeed. */
  runFailed: 7,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a sentence on standard error and this code. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const codesByName: Readonly<Record<string, ExitCode>> = {
  FolderLockedError: exitCodes.conflict,
  LogUnavailable: exitCodes.unavailable,
  BrokersMissing: exitCodes.unavailable,
  DatabaseUnavailable: exitCodes.unavailable,
  TopicMissing: exitCodes.notFound,
  MigrationRefused: exitCodes.conflict,
  LineageFault: exitCodes.conflict,
};

/** Things that a request names and that are not there, although the address is right. */
const unknownCodes: ReadonlySet<string> = new Set([
  'workflow-unknown',
  'version-unknown',
  'run-unknown',
  'queue-unknown',
]);

/** The exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandFailed) return error.exitCode;
  const { name, status, code } = error as { name?: string; status?: number; code?: string };
  if (name === 'MillraceError') return codeOfStatus(status ?? 0, code);
  return codesByName[name ?? ''] ?? exitCodes.failed;
}

function codeOfStatus(status: number, code: string | undefined): ExitCode {
  if (code === 'wait-over') return exitCodes.failed;
  if (code === 'url-invalid') return exitCodes.usage;
  // Whoever says that there is no such thing is not Millrace, or not of this version.
  if (code === 'not-a-problem' || code === 'route-unknown') return exitCodes.unavailable;
  if (status === 0 || status === 429 || status >= 502) return exitCodes.unavailable;
  if (status === 404 || unknownCodes.has(code ?? '')) return exitCodes.notFound;
  if (status === 401 || status === 403) return exitCodes.permission;
  if (status === 409) return exitCodes.conflict;
  if (status === 400 || status === 413 || status === 422) return exitCodes.usage;
  return exitCodes.failed;
}
