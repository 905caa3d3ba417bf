/** Text from elsewhere, safe for a terminal: control characters, lone surrogates and marks of direction as \u escapes. */
export function shownText(text: string, charsMax = 200): string {
  const cut = text.length <= charsMax ? text : `${text.slice(0, charsMax)}…`;
  return cut.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
}
