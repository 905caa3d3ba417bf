import { InvalidArgumentError } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';

/** A whole number between `min` and `max`, for commander. */
export function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}, but got "${text}".`);
  };
}

/** Words separated by commas. */
export function list(text: string): string[] {
  return text.split(',').flatMap((word) => word.trim() || []);
}

/** A URL of one of these protocols, as it was given. Throws a sentence that does not repeat a password. */
export function checkedUrl(text: string, protocols: readonly string[]): string {
  const url = URL.parse(text);
  if (url !== null && protocols.includes(url.protocol) && url.hostname !== '') return text;
  const shown = protocols.includes('http:') ? `"${text}"` : 'something else';
  const form = `${protocols[0]}//host:port`;
  throw new CommandFailed(`Expected a URL such as ${form}, but got ${shown}.`, exitCodes.usage);
}

/** `host:port`, several separated by commas, as it was given. */
export function checkedBrokers(text: string): string {
  const isBroker = (each: string): boolean => /^([^\s:/[\]]+|\[[0-9a-f:.]+\]):\d{1,5}$/i.test(each.trim());
  if (text.split(',').every(isBroker)) return text;
  throw new CommandFailed(`Expected brokers as host:port,host:port, but got "${text}".`, exitCodes.usage);
}
