import {visitedList} from '../../scan/document-plan.js'
import {textLeaf, valueLeaf, wordLeaf} from '../../scan/leaf.js'
import {MemberTable} from '../../scan/member-table.js'
import type {Fields, Plan} from '../../scan/plan.js'
import {type Visit, visit} from '../../scan/walk.js'
import type {EndpointRow} from '../../views/table/endpoint.js'
import {hostAddress} from '../../views/table/endpoint-address.js'
import {number} from '../../views/table/field.js'

/** What was met of a host so far. */
interface PartialHost {
  isSocket: boolean
  address: string | undefined
  port_value: unknown
  /** The addresses of hosts that are no sockets. */
  pipe: unknown
  envoy_internal_address: unknown
  status: string | undefined
  failed: unknown
}

/**
 * Visits the items of `cluster_statuses` and adds a row for each host, the same as `hostRow` makes, from the bytes of the few members that
 * it shows: a big mesh has some hundred thousand hosts, and objects made of all of them cost more than reading the file.
 */
export function visitHosts(rows: EndpointRow[]): Fields {
  let cluster: string | undefined
  let first = 0
  const name = textLeaf((text) => {
    cluster = text
  })
  const host = visitHost((met) => rows.push(rowOf(met)))
  return {
    kind: 'fields',
    name: 'an item of cluster_statuses',
    table: new MemberTable<Plan>([
      ['name', name],
      ['host_statuses', visitedList('host_statuses', host)],
    ]),
    begin: () => {
      cluster = undefined
      first = rows.length
    },
    // The name may stand behind the hosts.
    end: () => {
      for (const row of rows.slice(first)) row.cluster = cluster ?? ''
    },
  }
}

const nothingYet: PartialHost = {
  isSocket: false,
  address: undefined,
  port_value: undefined,
  pipe: undefined,
  envoy_internal_address: undefined,
  status: undefined,
  failed: undefined,
}

function visitHost(take: (host: PartialHost) => void): Visit {
  let host: PartialHost = {...nothingYet}
  const put = (member: keyof PartialHost & ('port_value' | 'pipe' | 'envoy_internal_address' | 'failed')) =>
    valueLeaf((value) => {
      host[member] = value
    })
  const address = textLeaf((text) => {
    host.address = text
  })
  const status = wordLeaf((text) => {
    host.status = text
  })
  const isSocket = () => {
    host.isSocket = true
  }
  const members = {
    address: visit({
      socket_address: visit({address, port_value: put('port_value')}, {begin: isSocket}),
      pipe: put('pipe'),
      envoy_internal_address: put('envoy_internal_address'),
    }),
    health_status: visit({eds_health_status: status, failed_outlier_check: put('failed')}),
  }
  const begin = () => {
    host = {...nothingYet}
  }
  return visit(members, {begin, end: () => take(host)})
}

/** The row of a host; its cluster follows when the cluster's name is known. */
function rowOf(host: PartialHost): EndpointRow {
  const {isSocket, address = '', status = 'UNKNOWN', failed} = host
  return {
    cluster: '',
    address: isSocket ? address : hostAddress({pipe: host.pipe, envoy_internal_address: host.envoy_internal_address}),
    port: isSocket ? (number({port: host.port_value}, 'port') ?? 0) : 0,
    status,
    outlier: failed === true ? 'FAILED' : 'OK',
  }
}
