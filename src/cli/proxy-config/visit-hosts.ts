import {textLeaf, valueLeaf, wordLeaf} from '../../scan/leaf.js'
import {eachItem, type Visit, visit} from '../../scan/visit.js'
import type {EndpointRow} from '../../views/table/endpoint.js'
import {hostAddress} from '../../views/table/endpoint-address.js'
import {MetAddress} from './visit-address.js'

/**
 * Visits the items of `cluster_statuses` and adds a row for each host, the same as `hostRow` makes, from the bytes of the few members that
 * it shows: a big mesh has some hundred thousand hosts, and objects made of all of them cost more than reading the file.
 */
export function visitHosts(rows: EndpointRow[]): Visit {
  let cluster: string | undefined
  let first = 0
  const name = textLeaf((text) => {
    cluster = text
  })
  const begin = () => {
    cluster = undefined
    first = rows.length
  }
  // The name may stand behind the hosts.
  const end = () => {
    for (const row of rows.slice(first)) row.cluster = cluster ?? ''
  }
  return visit({name, host_statuses: eachItem(visitHost((row) => rows.push(row)))}, {begin, end})
}

/** Visits one host; the row's cluster follows when the cluster's name is known. */
function visitHost(take: (row: EndpointRow) => void): Visit {
  const address = new MetAddress()
  let status: string | undefined
  let failed: unknown
  const eds_health_status = wordLeaf((text) => {
    status = text
  })
  const failed_outlier_check = valueLeaf((value) => {
    failed = value
  })
  const begin = () => {
    address.clear()
    status = undefined
    failed = undefined
  }
  const end = () => {
    const {socket} = address
    take({
      cluster: '',
      address: socket?.ip ?? hostAddress(address.other),
      port: socket?.port ?? 0,
      status: status ?? 'UNKNOWN',
      outlier: failed === true ? 'FAILED' : 'OK',
    })
  }
  const members = {address: address.visit(), health_status: visit({eds_health_status, failed_outlier_check})}
  return visit(members, {begin, end})
}
