/** A word of an nft listing. */
export interface Token {
  text: string
  quoted: boolean
  /** From 1. */
  line: number
}

/** Splits a listing into words; line ends and `;` are words of their own (`\n`, `;`), as are braces and a comma at the end of a word. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (const [i, line] of text.split('\n').entries()) {
    for (const part of line.match(/"(?:\\.|[^"\\])*"?|[^\s"]+/g) ?? []) {
      if (part.startsWith('#')) break
      addPart(tokens, part, i + 1)
    }
    tokens.push({text: '\n', quoted: false, line: i + 1})
  }
  return tokens
}

function addPart(tokens: Token[], part: string, line: number): void {
  if (part.startsWith('"')) {
    tokens.push({text: part.replace(/^"|"$/g, ''), quoted: true, line})
    return
  }
  for (const word of part.match(/[{};()]|,(?=$|[{};()])|(?:[^{};(),]|,(?!$|[{};()]))+/g) ?? [])
    tokens.push({text: word, quoted: false, line})
}

/** Reads words one by one. */
export class TokenReader {
  private at = 0
  constructor(
    private readonly tokens: readonly Token[],
    private readonly fail: (what: string, line: number) => never,
  ) {}

  peek(ahead = 0): string {
    return this.tokens[this.at + ahead]?.text ?? ''
  }

  get quoted(): boolean {
    return this.tokens[this.at]?.quoted ?? false
  }

  get line(): number {
    return (this.tokens[this.at] ?? this.tokens.at(-1))?.line ?? 0
  }

  get ended(): boolean {
    return this.at >= this.tokens.length
  }

  next(): string {
    const token = this.tokens[this.at]
    if (token === undefined) return this.fail('ends too early: it is cut off', this.line)
    this.at++
    return token.text
  }

  /** Takes the word if it is next. */
  take(text: string): boolean {
    if (this.quoted || this.peek() !== text) return false
    this.at++
    return true
  }

  expect(text: string): void {
    if (!this.take(text))
      this.refuse(`has "${this.peek().replace('\n', 'the end of the line')}" where "${text}" should be`)
  }

  skipLines(): void {
    while (this.peek() === '\n' || this.peek() === ';') this.at++
  }

  /** Whether the block goes on: its closing brace is taken. A text that ends before it is cut off. */
  inBlock(): boolean {
    this.skipLines()
    if (this.ended) this.refuse('ends too early: it is cut off')
    return !this.take('}')
  }

  /** At the end of a statement list: the end of the line, `;`, or the closing brace. */
  get atEnd(): boolean {
    return this.ended || (!this.quoted && /^[\n;}]$/.test(this.peek()))
  }

  /** The rest of the rule, as it was written. */
  rest(): string {
    const words: string[] = []
    let depth = 0
    while (!this.ended && (depth > 0 || !this.atEnd)) {
      const word = this.next()
      if (word === '{') depth++
      if (word === '}') depth--
      words.push(word)
    }
    return words.join(' ')
  }

  refuse(what: string): never {
    return this.fail(what, this.line)
  }
}
