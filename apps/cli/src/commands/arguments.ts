import { InvalidArgumentError } from 'commander';

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
