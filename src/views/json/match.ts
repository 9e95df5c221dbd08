import type {SocketAddress} from '../../address/socket-address.js'
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
function requestDocument({id, direction, dst, src, proxyProtocol, protocol, tls, http, tunnelled}: MatchRequest) {
  const document = {
    direction,
    dst: hostPort(dst),
    src: src && hostPort(src),
    proxyProtocol: proxyProtocol && {src: hostPort(proxyProtocol.src), dst: hostPort(proxyProtocol.dst)},
    protocol,
    tls,
    http,
  }
  // Members that are added after a spread cost a batch microseconds each.
  const whole = tunnelled === undefined ? document : {...document, tunnelled: payloadDocument(tunnelled)}
  return id === undefined ? whole : {id, ...whole}
}

/** The Match document: members that do not apply are null. */
export const matchDocument = ({request, branches}: Match) => ({
  apiVersion: 'sidetrace/v1',
  kind: 'Match',
  ...(request.id === undefined ? {} : {id: request.id}),
  request: requestDocument(request),
  branches,
})

const noSteps: MatchBranch['steps'] = []

/** The document as one line of JSON, its steps only where they are asked for. */
export function matchLine({request, branches}: Match, withSteps: boolean): string {
  const lines = branches.map((branch) => branchLine(branch, withSteps ? branch.steps : noSteps))
  const id = request.id === undefined ? '' : `"id":${JSON.stringify(request.id)},`
  const asked = JSON.stringify(requestDocument(request))
  return `{"apiVersion":"sidetrace/v1","kind":"Match",${id}"request":${asked},"branches":[${lines.join(',')}]}`
}

/** Answers of one cluster share their endpoints: their text is made once. */
const endpointTexts = new WeakMap<readonly EndpointShare[], string>()

function endpointsText(endpoints: readonly EndpointShare[]): string {
  let text = endpointTexts.get(endpoints)
  if (text === undefined) {
    text = JSON.stringify(endpoints)
    endpointTexts.set(endpoints, text)
  }
  return text
}

/** JSON leaves out what is undefined: the endpoints' own text takes their place at the end. */
const branchLine = (branch: MatchBranch, steps: MatchBranch['steps']): string =>
  `${JSON.stringify({...branch, steps, endpoints: undefined}).slice(0, -1)},"endpoints":${endpointsText(branch.endpoints)}}`
