import {type SecretRow, secretColumns, secretRows, trustDomainColumn} from '../../table/secret.js'
import type {World} from '../world.js'
import {columnsOf, type Listing, listingOf, nowhere} from './resource.js'
import {entriesOf} from './sections.js'

const states = {dynamic_warming_secrets: 'WARMING', dynamic_active_secrets: 'ACTIVE', static_secrets: 'ACTIVE'} as const

interface PlacedSecret {
  secret: SecretRow
  at: string
  document: unknown
}

const rowsOf = (dump: unknown, now: Date): PlacedSecret[] =>
  Object.entries(states).flatMap(([list, state]) =>
    entriesOf(dump, 'SecretsConfigDump', [list]).flatMap(({entry, at}) =>
      secretRows(entry, state, now).map((secret) => ({secret, at, document: entry})),
    ),
  )

/** Certificates of a proxy; `now` says which are valid. */
export const secretsOf = (world: World, pod: string, now: Date): Listing =>
  listingOf({
    columns: columnsOf<PlacedSecret, SecretRow>([...secretColumns(''), trustDomainColumn], ({secret}) => secret),
    rows: rowsOf(world.dump(pod), now),
    name: ({secret}) => secret.name,
    source: ({at, document}) => ({file: 'config_dump.json', at, document}),
    follow: () => nowhere('a secret leads nowhere: y shows it, without what is secret'),
    command: () => ['pc', 'secret', ...world.proxyWords(pod)],
    target: () => null,
  })
