import type {Expression, Statement} from './syntax.js'
import {LuaError, type LuaFunction, type LuaValue, luaText, truthy, Unsupported} from './value.js'

/** A variable scope and the one around it. */
interface Scope {
  values: Map<string, LuaValue>
  outer: Scope | null
  machine: Machine
}

/** What one run of a script has to itself. */
interface Machine {
  depth: number
}

/** A statement's effect on those after it: none, or a return with its value. */
type Flow = {returned: LuaValue} | null

const deepest = 50

/**
 * Runs a parsed script and gives its function of this name, or null where it defines none.
 * @throws Unsupported where the script uses something that is not modelled.
 */
export function loadFunction(script: readonly Statement[], name: string): LuaFunction | null {
  const scope: Scope = {values: new Map(Object.entries(library)), outer: null, machine: {depth: 0}}
  run(script, scope)
  const found = scope.values.get(name) ?? null
  return found !== null && typeof found === 'object' && found.kind === 'function' ? found : null
}

const toNumber = (value: LuaValue | undefined): number | null => {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^\s*[+-]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?)\s*$/.test(value))
    return null
  return Number(value)
}

const library: Record<string, LuaValue> = {
  tonumber: {kind: 'function', call: ([value]) => toNumber(value)},
  tostring: {kind: 'function', call: ([value]) => luaText(value ?? null)},
  type: {kind: 'function', call: ([value]) => typeOf(value ?? null)},
}

function typeOf(value: LuaValue): string {
  if (value === null) return 'nil'
  if (typeof value !== 'object') return typeof value
  return value.kind === 'object' ? 'userdata' : value.kind
}

function run(statements: readonly Statement[], scope: Scope): Flow {
  for (const statement of statements) {
    const flow = execute(statement, scope)
    if (flow) return flow
  }
  return null
}

const inner = (outer: Scope): Scope => ({values: new Map(), outer, machine: outer.machine})

function execute(statement: Statement, scope: Scope): Flow {
  switch (statement.kind) {
    case 'local': {
      const values = statement.values.map((value) => evaluate(value, scope))
      for (const [index, name] of statement.names.entries()) scope.values.set(name, values[index] ?? null)
      return null
    }
    case 'assign': {
      const values = statement.values.map((value) => evaluate(value, scope))
      for (const [index, target] of statement.targets.entries()) assign(target, values[index] ?? null, scope)
      return null
    }
    case 'expression':
      evaluate(statement.expression, scope)
      return null
    case 'if': {
      const taken = statement.branches.find(({condition}) => !condition || truthy(evaluate(condition, scope)))
      return taken ? run(taken.body, inner(scope)) : null
    }
    case 'do':
      return run(statement.body, inner(scope))
    case 'return':
      return {returned: statement.value ? evaluate(statement.value, scope) : null}
    default:
      return statement satisfies never
  }
}

function find(name: string, scope: Scope): Scope | null {
  for (let at: Scope | null = scope; at; at = at.outer) if (at.values.has(name)) return at
  return null
}

/** A name that nobody assigned is nil; the rest of Lua's library is not modelled. */
function lookUp(name: string, scope: Scope): LuaValue {
  const found = find(name, scope)
  if (!found) throw new Unsupported(`the name ${name}`)
  return found.values.get(name) ?? null
}

function assign(target: Expression, value: LuaValue, scope: Scope): void {
  if (target.kind === 'name') {
    const found = find(target.name, scope)
    // Envoy keeps a script's globals from request to request, which no dump shows.
    if (scope.machine.depth > 0 && !found?.outer) throw new Unsupported('variables that outlive the request')
    ;(found ?? scope).values.set(target.name, value)
  } else if (target.kind === 'index') {
    const table = evaluate(target.object, scope)
    const key = evaluate(target.key, scope)
    if (table === null || typeof table !== 'object' || table.kind !== 'table') throw new LuaError('not a table')
    if (typeof key !== 'string' && typeof key !== 'number') throw new Unsupported('a key of another kind')
    table.entries.set(key, value)
  } else throw new Unsupported('an assignment of another kind')
}

function evaluate(expression: Expression, scope: Scope): LuaValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'name':
      return lookUp(expression.name, scope)
    case 'index':
      return index(evaluate(expression.object, scope), evaluate(expression.key, scope))
    case 'call':
      return call(evaluate(expression.target, scope), argumentsOf(expression.args, scope))
    case 'method':
      return callMethod(evaluate(expression.object, scope), expression.name, argumentsOf(expression.args, scope))
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, scope))
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, scope)
    case 'function':
      return closure(expression.parameters, expression.body, scope)
    case 'table':
      return tableOf(expression.fields, scope)
    default:
      return expression satisfies never
  }
}

const argumentsOf = (args: readonly Expression[], scope: Scope): LuaValue[] => args.map((arg) => evaluate(arg, scope))

function closure(parameters: readonly string[], body: readonly Statement[], scope: Scope): LuaFunction {
  return {
    kind: 'function',
    call: (args) => {
      const {machine} = scope
      if (machine.depth >= deepest) throw new Unsupported('deep recursion')
      machine.depth++
      try {
        const own: Scope = {
          values: new Map(parameters.map((name, at) => [name, args[at] ?? null])),
          outer: scope,
          machine,
        }
        return run(body, own)?.returned ?? null
      } finally {
        machine.depth--
      }
    },
  }
}

function tableOf(fields: readonly {key: Expression | null; value: Expression}[], scope: Scope): LuaValue {
  const entries = new Map<string | number, LuaValue>()
  let next = 1
  for (const {key, value} of fields) {
    const place = key ? evaluate(key, scope) : next++
    if (typeof place !== 'string' && typeof place !== 'number') throw new Unsupported('a key of another kind')
    entries.set(place, evaluate(value, scope))
  }
  return {kind: 'table', entries}
}

function index(object: LuaValue, key: LuaValue): LuaValue {
  if (object === null) throw new LuaError('attempt to index a nil value')
  if (typeof object !== 'object' || object.kind !== 'table') throw new Unsupported('an index of no table')
  return typeof key === 'string' || typeof key === 'number' ? (object.entries.get(key) ?? null) : null
}

function call(target: LuaValue, args: LuaValue[]): LuaValue {
  if (target === null || typeof target !== 'object' || target.kind !== 'function')
    throw new LuaError('attempt to call what is no function')
  return target.call(args)
}

function callMethod(object: LuaValue, name: string, args: LuaValue[]): LuaValue {
  if (object === null) throw new LuaError(`attempt to call ${name} of a nil value`)
  if (typeof object !== 'object' || object.kind !== 'object') throw new Unsupported(`the method ${name}`)
  const method = object.methods[name]
  if (!method) throw new Unsupported(`${object.name}:${name}`)
  return method(args)
}

function unary(operator: string, operand: LuaValue): LuaValue {
  if (operator === 'not') return !truthy(operand)
  if (operator === '#' && typeof operand === 'string') return new TextEncoder().encode(operand).length
  if (operator === '-' && typeof operand === 'number') return -operand
  throw new Unsupported(`the operator ${operator}`)
}

function binary(operator: string, leftSide: Expression, rightSide: Expression, scope: Scope): LuaValue {
  const left = evaluate(leftSide, scope)
  if (operator === 'and') return truthy(left) ? evaluate(rightSide, scope) : left
  if (operator === 'or') return truthy(left) ? left : evaluate(rightSide, scope)
  const right = evaluate(rightSide, scope)
  if (operator === '==') return left === right
  if (operator === '~=') return left !== right
  if (operator === '..') return concatenated(left, right)
  if (typeof left === 'number' && typeof right === 'number') return arithmetic(operator, left, right)
  throw new Unsupported(`the operator ${operator}`)
}

function concatenated(left: LuaValue, right: LuaValue): string {
  if (left === null || right === null) throw new LuaError('attempt to concatenate a nil value')
  return luaText(left) + luaText(right)
}

function arithmetic(operator: string, left: number, right: number): LuaValue {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left - Math.floor(left / right) * right
    case '<':
      return left < right
    case '>':
      return left > right
    case '<=':
      return left <= right
    case '>=':
      return left >= right
    default:
      throw new Unsupported(`the operator ${operator}`)
  }
}
