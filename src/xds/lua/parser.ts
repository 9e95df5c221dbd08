import type {Expression, Statement} from './syntax.js'
import {type Token, tokenize} from './token.js'
import {Unsupported} from './value.js'

const precedence: Record<string, number> = {
  or: 1,
  and: 2,
  '<': 3,
  '>': 3,
  '<=': 3,
  '>=': 3,
  '~=': 3,
  '==': 3,
  '..': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
}
const unaryPrecedence = 7

/** Parses a script without loops. @throws Unsupported for everything else. */
export function parseLua(script: string): Statement[] {
  const parser = new Parser(tokenize(script))
  return parser.script()
}

/** A cursor over the tokens: the one place of the parser that has state. */
class Parser {
  private position = 0
  constructor(private readonly tokens: readonly Token[]) {}

  script(): Statement[] {
    const statements = this.block()
    if (this.position < this.tokens.length) throw new Unsupported('text after the script')
    return statements
  }

  private peek(): string | null {
    const token = this.tokens[this.position]
    return token && (token.kind === 'symbol' || token.kind === 'keyword') ? token.text : null
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false
    this.position++
    return true
  }

  private expect(text: string): void {
    if (!this.take(text)) throw new Unsupported(`not what is expected: ${text}`)
  }

  private name(): string {
    const token = this.tokens[this.position++]
    if (token?.kind !== 'name') throw new Unsupported('not a name')
    return token.text
  }

  private block(): Statement[] {
    const statements: Statement[] = []
    while (this.position < this.tokens.length && !['end', 'else', 'elseif'].includes(this.peek() ?? '')) {
      if (this.take(';')) continue
      statements.push(this.statement())
    }
    return statements
  }

  private statement(): Statement {
    if (this.take('local')) return this.localStatement()
    if (this.take('function')) return this.functionStatement()
    if (this.take('if')) return this.ifStatement()
    if (this.take('return')) return this.returnStatement()
    if (this.take('do')) {
      const body = this.block()
      this.expect('end')
      return {kind: 'do', body}
    }
    return this.expressionStatement()
  }

  private localStatement(): Statement {
    if (this.take('function')) {
      const name = this.name()
      return {kind: 'local', names: [name], values: [this.functionBody()]}
    }
    const names = [this.name()]
    while (this.take(',')) names.push(this.name())
    return {kind: 'local', names, values: this.take('=') ? this.expressions() : []}
  }

  private functionStatement(): Statement {
    const name = this.name()
    if (this.peek() !== '(') throw new Unsupported('a function in a table')
    return {kind: 'assign', targets: [{kind: 'name', name}], values: [this.functionBody()]}
  }

  private functionBody(): Expression {
    this.expect('(')
    const parameters: string[] = []
    while (!this.take(')')) {
      parameters.push(this.name())
      this.take(',')
    }
    const body = this.block()
    this.expect('end')
    return {kind: 'function', parameters, body}
  }

  private ifStatement(): Statement {
    const branches: {condition: Expression | null; body: Statement[]}[] = []
    do {
      const condition = this.expression()
      this.expect('then')
      branches.push({condition, body: this.block()})
    } while (this.take('elseif'))
    if (this.take('else')) branches.push({condition: null, body: this.block()})
    this.expect('end')
    return {kind: 'if', branches}
  }

  private returnStatement(): Statement {
    const ends = this.position >= this.tokens.length || ['end', 'else', 'elseif', ';'].includes(this.peek() ?? '')
    const value = ends ? null : this.expression()
    if (this.peek() === ',') throw new Unsupported('several results')
    return {kind: 'return', value}
  }

  private expressionStatement(): Statement {
    const targets = [this.suffixed()]
    while (this.take(',')) targets.push(this.suffixed())
    if (this.take('=')) return {kind: 'assign', targets, values: this.expressions()}
    const [expression] = targets
    if (targets.length > 1 || !expression || (expression.kind !== 'call' && expression.kind !== 'method'))
      throw new Unsupported('a statement of another kind')
    return {kind: 'expression', expression}
  }

  private expressions(): Expression[] {
    const found = [this.expression()]
    while (this.take(',')) found.push(this.expression())
    return found
  }

  private expression(limit = 0): Expression {
    let left = this.unary()
    for (;;) {
      const operator = this.peek() ?? ''
      const binding = precedence[operator]
      if (binding === undefined || binding <= limit) return left
      this.position++
      // `..` binds to the right.
      left = {kind: 'binary', operator, left, right: this.expression(operator === '..' ? binding - 1 : binding)}
    }
  }

  private unary(): Expression {
    for (const operator of ['not', '-', '#'])
      if (this.take(operator)) return {kind: 'unary', operator, operand: this.expression(unaryPrecedence)}
    return this.simple()
  }

  private simple(): Expression {
    const token = this.tokens[this.position]
    if (token?.kind === 'number') return this.literal(token.value)
    if (token?.kind === 'string') return this.literal(token.text)
    if (this.take('nil')) return {kind: 'literal', value: null}
    if (this.take('true')) return {kind: 'literal', value: true}
    if (this.take('false')) return {kind: 'literal', value: false}
    if (this.take('function')) return this.functionBody()
    return this.peek() === '{' ? this.table() : this.suffixed()
  }

  private literal(value: number | string): Expression {
    this.position++
    return {kind: 'literal', value}
  }

  private table(): Expression {
    this.expect('{')
    const fields: {key: Expression | null; value: Expression}[] = []
    while (!this.take('}')) {
      fields.push(this.field())
      if (!this.take(',')) this.take(';')
    }
    return {kind: 'table', fields}
  }

  private field(): {key: Expression | null; value: Expression} {
    const [token, next] = this.tokens.slice(this.position, this.position + 2)
    if (this.take('[')) {
      const key = this.expression()
      this.expect(']')
      this.expect('=')
      return {key, value: this.expression()}
    }
    if (token?.kind === 'name' && next?.kind === 'symbol' && next.text === '=') {
      this.position += 2
      return {key: {kind: 'literal', value: token.text}, value: this.expression()}
    }
    return {key: null, value: this.expression()}
  }

  private suffixed(): Expression {
    let found = this.primary()
    for (;;) {
      const token = this.tokens[this.position]
      if (this.take('.')) found = {kind: 'index', object: found, key: {kind: 'literal', value: this.name()}}
      else if (this.take('[')) {
        found = {kind: 'index', object: found, key: this.expression()}
        this.expect(']')
      } else if (this.take(':')) found = {kind: 'method', object: found, name: this.name(), args: this.args()}
      else if (this.peek() === '(' || token?.kind === 'string') found = {kind: 'call', target: found, args: this.args()}
      else return found
    }
  }

  private primary(): Expression {
    if (this.take('(')) {
      const inner = this.expression()
      this.expect(')')
      return inner
    }
    return {kind: 'name', name: this.name()}
  }

  private args(): Expression[] {
    const token = this.tokens[this.position]
    if (token?.kind === 'string') return [this.literal(token.text)]
    if (this.peek() === '{') return [this.table()]
    this.expect('(')
    if (this.take(')')) return []
    const found = this.expressions()
    this.expect(')')
    return found
  }
}
