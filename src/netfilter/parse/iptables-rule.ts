import type {RuleOptions} from '../options.js'
import type {Counters, Rule} from '../ruleset.js'
import type {Statement} from '../statement.js'
import {compileRule} from './compile-rule.js'
import {type Fail, failAt} from './fail.js'
import {readRuleOptions} from './rule-options.js'
import {compilePieces, type KnownPieces} from './rule-pieces.js'
import {splitWords} from './words.js'

/** What the rules of one table share. */
export interface RuleContext {
  /** Of the text, for errors. */
  origin: string
  table: string
  /** Asked only when all chains of the table are known: a target is one of them, or a target of iptables. */
  isChain: (name: string) => boolean
  known: KnownPieces
}

/** A rule as it was listed. */
export interface RuleLine {
  counters: Counters | null
  /** What follows `-A CHAIN`. */
  text: string
  /** From 1. */
  line: number
  /** Its options, where the listing has other words for them. */
  options?: RuleOptions
}

/**
 * A rule of iptables. Its words are understood when somebody asks for them: kube-proxy writes tens of thousands of rules, of which a packet
 * meets a few. `statements`, `options` and `comment` throw a DataError for a rule that is none.
 */
export class IptablesRule implements Rule {
  readonly table: string
  readonly chain: string
  readonly number: number
  readonly counters: Counters | null
  readonly text: string
  readonly line: number
  readonly #context: RuleContext
  #name: string | null = null
  #options: RuleOptions | null
  #statements: Statement[] | null = null

  constructor(context: RuleContext, chain: string, number: number, {counters, text, line, options}: RuleLine) {
    this.table = context.table
    this.chain = chain
    this.number = number
    this.counters = counters
    this.text = text
    this.line = line
    this.#context = context
    this.#options = options ?? null
  }

  get name(): string {
    this.#name ??= `${this.table}:${this.chain}:rule:${this.number}`
    return this.#name
  }

  get statements(): Statement[] {
    this.#statements ??= this.#compile()
    return this.#statements
  }

  get options(): RuleOptions {
    this.#options ??= this.#readOptions()
    return this.#options
  }

  get comment(): string | null {
    for (const statement of this.statements) if (statement.kind === 'comment') return statement.text
    return null
  }

  get #fail(): Fail {
    return failAt(this.#context.origin, this.line)
  }

  #compile(): Statement[] {
    const {isChain, known} = this.#context
    const fail = this.#fail
    const pieces = this.#options === null ? compilePieces(this.text, known, isChain, fail) : null
    return pieces ?? compileRule(this.options, isChain, fail)
  }

  #readOptions(): RuleOptions {
    const words = splitWords(this.text) ?? this.#fail('has a quote that is not closed')
    return readRuleOptions(words, this.#fail).options
  }
}
