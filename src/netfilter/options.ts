/** One option of an iptables rule: `! --dport 53`. */
export interface RuleOption {
  negated: boolean
  /** With its dashes: `--dport`, `-s`. */
  name: string
  /** Without quotes. */
  values: string[]
}

/** One `-m NAME` with its options; the same module may be asked twice. */
export interface ModuleOptions {
  module: string
  options: RuleOption[]
}

/** A rule in iptables' own words, in the order they were written. */
export interface RuleOptions {
  /** `-s -d -i -o -p -f`. */
  generic: RuleOption[]
  modules: ModuleOptions[]
  target: {how: 'jump' | 'goto'; name: string; options: RuleOption[]} | null
}
