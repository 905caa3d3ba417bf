const quoteMark = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const head = /^\{"name":"([A-Za-z0-9._-]{1,128})","tasks":\[/;
const headCharsMax = 160;

/**
 * Cuts the nodes out of a workflow's canonical JSON, given in pieces, without ever reading the whole: what is held is what no
 * node has ended of. Text of any other form is not wrong, only `irregular`: it is to be read as a whole.
 */
export class NodeCutter {
  #stage: 'head' | 'nodes' | 'tail' | 'irregular' = 'head';
  #name = '';
  /** Behind the last node that was given. */
  #open = '';
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #hasNodes = false;

  /** The nodes that end in this piece, as JSON parsed. Gives nothing more once the text turned out irregular. */
  add(piece: string): readonly unknown[] {
    if (this.#stage === 'head') return this.#addHead(piece);
    if (this.#stage === 'nodes') return this.#addNodes(piece);
    this.#open += this.#stage === 'tail' ? piece : '';
    return [];
  }

  /** The workflow's name, after the last piece; undefined where the text was irregular. */
  end(): string | undefined {
    return this.#stage === 'tail' && this.#open === '}' ? this.#name : undefined;
  }

  #addHead(piece: string): readonly unknown[] {
    const text = this.#open + piece;
    const found = head.exec(text.slice(0, headCharsMax));
    if (found === null) {
      this.#open = text;
      return text.length < headCharsMax ? [] : this.#irregular();
    }
    this.#name = found[1]!;
    this.#stage = 'nodes';
    this.#open = '';
    return this.#addNodes(text.slice(found[0].length));
  }

  #addNodes(piece: string): readonly unknown[] {
    const { ended, closedAt } = this.#scan(piece);
    const text = this.#open;
    this.#open = ended === 0 ? text + piece : piece.slice(ended);
    const nodes = ended === 0 ? [] : this.#parse(text + piece.slice(0, ended));
    if (nodes === undefined) return this.#irregular();
    if (closedAt === undefined) return nodes;
    const isClean = piece[closedAt] === ']' && closedAt === ended && (ended > 0 || text === '');
    if (!isClean) return this.#irregular();
    this.#open = piece.slice(closedAt + 1);
    this.#stage = 'tail';
    return nodes;
  }

  /** Where the last node in this piece ends, 0 if none does, and where the list of nodes is closed. */
  #scan(piece: string): { ended: number; closedAt: number | undefined } {
    let ended = 0;
    for (let at = 0; at < piece.length; at++) {
      const unit = piece.charCodeAt(at);
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (unit === backslash) this.#isEscaped = true;
        else if (unit === quoteMark) this.#inText = false;
      } else if (unit === quoteMark) this.#inText = true;
      else if (unit === openBrace || unit === openBracket) this.#depth += 1;
      else if (unit === closeBrace || unit === closeBracket) {
        if (this.#depth === 0) return { ended, closedAt: at };
        this.#depth -= 1;
        if (this.#depth === 0) ended = at + 1;
      }
    }
    return { ended, closedAt: undefined };
  }

  #parse(text: string): readonly unknown[] | undefined {
    if (this.#hasNodes && !text.startsWith(',')) return undefined;
    const list = this.#hasNodes ? text.slice(1) : text;
    this.#hasNodes = true;
    try {
      return JSON.parse(`[${list}]`) as unknown[];
    } catch {
      return undefined;
    }
  }

  #irregular(): readonly unknown[] {
    this.#stage = 'irregular';
    this.#open = '';
    return [];
  }
}
