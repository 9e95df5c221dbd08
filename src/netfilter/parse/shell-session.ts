/** What one command of a shell session printed. */
export interface CommandOutput {
  /** The table that `-t` names; iptables' own default; null for nft and for `*-save`, which name their tables. */
  table: string | null
  family: 'ip' | 'ip6' | null
  text: string
}

/** `$ sudo iptables -t nat -L -v`, `root@pod:/# ip6tables -S`, `# nft list ruleset`. What iptables-save itself writes begins with `# Generated`. */
const prompt = /^\s*(?:[\w@:~/.[\]() -]*\$ (?:.*\s)?|[\w@:~/.[\]-]*# (?:sudo )?)(ip6?tables|nft)([\w-]*)(?:\s+(.*))?$/

/** The outputs of a shell session that was pasted with its prompts, indented or not, as articles and tickets have them; null: the text has none. */
export function readShellSession(text: string): CommandOutput[] | null {
  if (!/^\s*\S*\s?[$#] /.test(text) || !prompt.test(text.slice(0, text.indexOf('\n')))) return null
  const outputs: {about: Omit<CommandOutput, 'text'>; lines: string[]}[] = []
  for (const line of text.split('\n')) {
    const command = prompt.exec(line)
    if (command) outputs.push({about: aboutCommand(command), lines: []})
    else outputs.at(-1)?.lines.push(line)
  }
  return outputs.map(({about, lines}) => ({...about, text: withoutIndent(lines)}))
}

function aboutCommand([, tool, kind = '', words = '']: RegExpExecArray): Omit<CommandOutput, 'text'> {
  const names = tool === 'nft' || kind.includes('save')
  return {
    table: names ? null : (/(?:^|\s)(?:-t|--table[ =])\s*(\w+)/.exec(words)?.[1] ?? 'filter'),
    family: tool === 'nft' ? null : tool === 'ip6tables' ? 'ip6' : 'ip',
  }
}

function withoutIndent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)
  const indent = Math.min(...indents, 80)
  return lines.map((line) => line.slice(indent)).join('\n')
}
