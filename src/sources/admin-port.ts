import {UsageError} from '../errors.js'
import {type AdminAnswer, type AdminOptions, type AdminPoint, askBytes} from './admin-point.js'
import {askHttp} from './admin-request.js'

const portHint = 'Is it Envoy’s admin port? In a sidecar it is 15000, reached with kubectl port-forward POD 15000'

/**
 * The Envoy behind an admin port. `hostPort` is `HOST:PORT`, `[V6]:PORT` or a port of this machine.
 * @throws UsageError for something else
 */
export function adminPort(hostPort: string): AdminPoint {
  const {host, port} = parseHostPort(hostPort)
  const place = {where: hostPort, hint: portHint}
  return {...place, ask: (path, options) => askHttp(place, {host, port, path, agent: false}, options)}
}

/** Asks an Envoy's admin port. @throws UsageError, SourceError (unreachable) when nothing answers in time */
export const fetchAdmin = async (hostPort: string, path: string, options: AdminOptions = {}): Promise<AdminAnswer> =>
  adminPort(hostPort).ask(path, options)

/** The whole body of an answer that must be 200 and no web page. @throws UsageError, SourceError */
export const fetchAdminBytes = async (
  hostPort: string,
  path: string,
  options: AdminOptions = {},
): Promise<Uint8Array> => askBytes(adminPort(hostPort), path, options)

/** Splits `HOST:PORT`, `[V6]:PORT`, `:PORT` or `PORT`; a URL's scheme and final slash are forgiven. */
function parseHostPort(text: string): {host: string; port: number} {
  const parts = /^(?:http:\/\/)?(?:(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/@?#[\]]*)):)?(\d{1,5})\/?$/.exec(text)
  const port = Number(parts?.[3])
  if (!parts || port < 1 || port > 65_535)
    throw new UsageError('is not HOST:PORT', `--admin ${text}`, 'For example --admin localhost:15000')
  return {host: parts[1] || parts[2] || '127.0.0.1', port}
}
