/**
 * Can a double hold what this JSON number says? No for an overflow, for a non-zero that becomes zero, and for a whole number
 * that does not come back as written (9007199254740993). Fractions are taken as they are rounded (0.1).
 */
export function isExactNumber(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return Number.isNaN(value); // What is no number at all is refused by JSON.parse.
  const written = decimalOf(literal);
  if (written.digits === '') return true;
  if (value === 0) return false;
  if (written.exponent < 0) return true;
  const held = decimalOf(String(value));
  return held.digits === written.digits && held.exponent === written.exponent;
}

/** `digits` times ten to the `exponent`, with no zeros at either end of `digits`; zero has no digits. */
function decimalOf(literal: string): { digits: string; exponent: number } {
  const [mantissa = '', power = '0'] = literal.replace(/^-/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { digits, exponent: Number(power) - fraction.length + (all.length - digits.length) };
}
