/** Expressions and statements of the part of Lua that is read. */
export type Expression =
  | {kind: 'literal'; value: null | boolean | number | string}
  | {kind: 'name'; name: string}
  | {kind: 'index'; object: Expression; key: Expression}
  | {kind: 'call'; target: Expression; args: Expression[]}
  | {kind: 'method'; object: Expression; name: string; args: Expression[]}
  | {kind: 'unary'; operator: string; operand: Expression}
  | {kind: 'binary'; operator: string; left: Expression; right: Expression}
  | {kind: 'function'; parameters: string[]; body: Statement[]}
  | {kind: 'table'; fields: {key: Expression | null; value: Expression}[]}

export type Statement =
  | {kind: 'local'; names: string[]; values: Expression[]}
  | {kind: 'assign'; targets: Expression[]; values: Expression[]}
  | {kind: 'expression'; expression: Expression}
  | {kind: 'if'; branches: {condition: Expression | null; body: Statement[]}[]}
  | {kind: 'do'; body: Statement[]}
  | {kind: 'return'; value: Expression | null}
