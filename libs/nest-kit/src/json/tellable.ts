/**
 * The text with escapes in the place of control characters and halves of surrogate pairs: parsers quote what they refuse as it is, and
 * a terminal obeys it, a store cannot hold it.
 */
export function tellable(text: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, escape).toWellFormed();
}
