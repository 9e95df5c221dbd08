import {textLeaf, wordLeaf} from '../../scan/leaf.js'
import {eachItem, type Visit, visit} from '../../scan/visit.js'
import {type AssignmentSummary, addressText, type EdsEndpoint, localityOf} from '../../views/table/eds.js'
import {clusterName} from '../../views/table/subset-key.js'
import {MetAddress} from './visit-address.js'

/** Visits a ClusterLoadAssignment and takes the same of it as `readAssignment`, from the bytes of the few members that a table shows. */
export function visitAssignment(take: (assignment: AssignmentSummary) => void): Visit {
  let name = ''
  let endpoints: EdsEndpoint[] = []
  const cluster_name = textLeaf((text) => {
    name = text ?? ''
  })
  const begin = () => {
    name = ''
    endpoints = []
  }
  // The name may stand behind the endpoints.
  const end = () => {
    for (const endpoint of endpoints) endpoint.cluster = name
    take({...clusterName(name), endpoints})
  }
  return visit({cluster_name, endpoints: eachItem(visitGroup((endpoint) => endpoints.push(endpoint)))}, {begin, end})
}

/** Visits the endpoints of one locality. */
function visitGroup(take: (endpoint: EdsEndpoint) => void): Visit {
  const parts: (string | undefined)[] = []
  let endpoints: EdsEndpoint[] = []
  const part = (index: number) =>
    wordLeaf((text) => {
      parts[index] = text
    })
  const begin = () => {
    parts.fill(undefined)
    endpoints = []
  }
  const end = () => {
    const locality = localityOf(parts[0], parts[1], parts[2])
    for (const endpoint of endpoints) {
      endpoint.locality = locality
      take(endpoint)
    }
  }
  const locality = visit({region: part(0), zone: part(1), sub_zone: part(2)})
  const lb_endpoints = eachItem(visitEndpoint((endpoint) => endpoints.push(endpoint)))
  return visit({locality, lb_endpoints}, {begin, end})
}

/** Visits an LbEndpoint; its cluster and locality follow when they are known. */
function visitEndpoint(take: (endpoint: EdsEndpoint) => void): Visit {
  const own = new MetAddress()
  const other = new MetAddress()
  let more: string[] = []
  let status: string | undefined
  const health_status = wordLeaf((text) => {
    status = text
  })
  const begin = () => {
    own.clear()
    more = []
    status = undefined
  }
  const end = () => {
    const address = metText(own)
    take({
      cluster: '',
      name: more.length === 0 ? address : [address, ...more].join(','),
      address,
      port: own.socket?.port ?? 0,
      status: status ?? 'UNKNOWN',
      locality: '',
    })
  }
  const additional = visit({address: other.visit()}, {begin: () => other.clear(), end: () => more.push(metText(other))})
  const endpoint = visit({address: own.visit(), additional_addresses: eachItem(additional)})
  return visit({health_status, endpoint}, {begin, end})
}

function metText(address: MetAddress): string {
  const {socket} = address
  return socket === null ? addressText(address.other) : `${socket.ip}:${socket.port}`
}
