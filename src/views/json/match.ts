import type {SocketAddress} from '../../address/socket-address.js'
import type {MosnRequest} from '../../mosn/match/request.js'
import type {HostShare, MosnBranch, MosnMatch} from '../../mosn/match/result.js'
import type {Payload} from '../../xds/match/payload.js'
import type {MatchRequest} from '../../xds/match/request.js'
import type {EndpointShare, Match, MatchBranch} from '../../xds/match/result.js'

const hostPort = ({ip, port}: SocketAddress): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)

/** What a tunnel carries, in a request's own members; a second TLS layer is not shown. */
const payloadDocument = ({tls, protocol, http, tunnelled}: Payload): object => ({
  protocol,
  tls: tls[0] ?? null,
  http,
  ...(tunnelled ? {tunnelled: payloadDocument(tunnelled)} : {}),
})

/** A request as documents show it: addresses as text. */
function requestDocument(request: MatchRequest | MosnRequest) {
  const {id, direction, dst, src, protocol, tls, http} = request
  const proxyProtocol = 'proxyProtocol' in request ? request.proxyProtocol : null
  const tunnelled = 'tunnelled' in request ? request.tunnelled : undefined
  const document = {
    direction,
    dst: hostPort(dst),
    src: src && hostPort(src),
    proxyProtocol: proxyProtocol && {src: hostPort(proxyProtocol.src), dst: hostPort(proxyProtocol.dst)},
    protocol,
    tls,
    http,
  }
  if ('rpc' in request && request.rpc !== null)
    return {...(id === undefined ? {} : {id}), ...document, rpc: request.rpc}
  // Members that are added after a spread cost a batch microseconds each.
  const whole = tunnelled === undefined ? document : {...document, tunnelled: payloadDocument(tunnelled)}
  return id === undefined ? whole : {id, ...whole}
}

/** The Match document: members that do not apply are null. */
export const matchDocument = ({request, branches}: Match | MosnMatch) => ({
  apiVersion: 'sidetrace/v1',
  kind: 'Match',
  ...(request.id === undefined ? {} : {id: request.id}),
  request: requestDocument(request),
  branches,
})

type Branch = MatchBranch | MosnBranch

const noSteps: Branch['steps'] = []

/** The document as one line of JSON, its steps only where they are asked for. */
export function matchLine({request, branches}: Match | MosnMatch, withSteps: boolean): string {
  const lines = branches.map((branch) => branchLine(branch, withSteps ? branch.steps : noSteps))
  const id = request.id === undefined ? '' : `"id":${JSON.stringify(request.id)},`
  const asked = JSON.stringify(requestDocument(request))
  return `{"apiVersion":"sidetrace/v1","kind":"Match",${id}"request":${asked},"branches":[${lines.join(',')}]}`
}

/** Answers of one cluster share their endpoints: their text is made once. */
type Shares = readonly (EndpointShare | HostShare)[]

const endpointTexts = new WeakMap<Shares, string>()

function endpointsText(endpoints: Shares): string {
  let text = endpointTexts.get(endpoints)
  if (text === undefined) {
    text = JSON.stringify(endpoints)
    endpointTexts.set(endpoints, text)
  }
  return text
}

/** JSON leaves out what is undefined: the endpoints' own text takes their place at the end. */
const branchLine = (branch: Branch, steps: Branch['steps']): string =>
  `${JSON.stringify({...branch, steps, endpoints: undefined}).slice(0, -1)},"endpoints":${endpointsText(branch.endpoints)}}`
