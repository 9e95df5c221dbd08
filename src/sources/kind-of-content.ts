/** What the beginning of a file shows it to be, for a message about a file that should be something else. */
export interface ContentKind {
  /** `is a config dump`. */
  what: string
  hint: string | null
}

const asFile = 'Pass it with -f, or pass a snapshot folder to --from'

/** Looks at the first bytes alone; a text that shows nothing of its own is called by its form. */
export function kindOfContent(head: Uint8Array): ContentKind {
  const text = Buffer.from(head).toString('utf8').trimStart()
  if (text === '') return {what: 'is empty', hint: null}
  if (/^<(!doctype html|html)/i.test(text)) return {what: 'is an HTML page', hint: null}
  if (/^[{[]/.test(text)) return kindOfJson(text)
  if (/^(#.*\n)*\*(nat|mangle|filter|raw|security)\n/.test(text)) return {what: 'is iptables-save output', hint: asFile}
  if (/^table (ip|ip6|inet|arp|bridge|netdev) /m.test(text)) return {what: 'is an nft ruleset', hint: asFile}
  return {what: 'is neither a folder nor a .tar.gz', hint: null}
}

function kindOfJson(text: string): ContentKind {
  if (/"configs"\s*:|envoy\.admin\.v3\.\w+ConfigDump/.test(text)) return {what: 'is a config dump', hint: asFile}
  if (/"nftables"\s*:/.test(text)) return {what: 'is an nft ruleset', hint: asFile}
  if (/"kind"\s*:\s*"Snapshot"/.test(text))
    return {what: 'is the document of a snapshot', hint: 'Pass the folder that it lies in'}
  return {what: 'is JSON', hint: null}
}
