/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Why a service with this config (parsed, or as the environment has it) must not bind; undefined where it may. */
export function publicHostSentence(config: Record<string, unknown>): string | undefined {
  const host = config['MILLRACE_HOST'];
  const isAllowed = [true, '1', 'true'].includes(config['MILLRACE_ALLOW_PUBLIC'] as never);
  if (typeof host !== 'string' || isLoopback(host) || isAllowed) return undefined;
  return (
    `Expected MILLRACE_HOST to be a loopback address, but it is ${host}, and there is no authentication yet. ` +
    `Set MILLRACE_ALLOW_PUBLIC=1 if the network in front of it is yours.`
  );
}
