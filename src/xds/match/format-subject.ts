import type {DownstreamConnection} from './connection.js'
import type {Passage} from './passage.js'
import type {Situation} from './situation.js'
import {emptyState} from './stream-state.js'
import type {FormatSubject} from './substitution-format.js'

/** A request on its way through the connection manager, as command operators see it. */
export const requestSubject = ({connection, remote}: Situation, passage: Passage): FormatSubject => ({
  request: passage.request,
  connection,
  remote,
  routeName: passage.selection.route?.name ?? null,
  state: {metadata: passage.metadata, filterState: passage.filterState},
  opaque: passage.opaque,
})

/** A connection that is not read as HTTP. */
export const connectionSubject = (connection: DownstreamConnection): FormatSubject => ({
  request: null,
  connection,
  remote: connection.remote,
  routeName: null,
  state: connection.state ?? emptyState,
  opaque: [],
})
