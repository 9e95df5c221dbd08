import {cellText} from './column.js'
import {type Json, member, number, object, text} from './field.js'

/** The versions that a bootstrap tells, in istioctl's three lines; a line without a value is left out. */
export function bootstrapSummary(section: Json): string {
  const node = object(object(section, 'bootstrap'), 'node')
  const metadata = object(node, 'metadata')
  const lines = [
    ['Istio Version', node === undefined ? undefined : (text(metadata, 'ISTIO_VERSION') ?? undefined)],
    ['Istio Proxy Version', proxyVersion(metadata)],
    ['Envoy Version', envoyVersion(node)],
  ]
  return lines.flatMap(([title, value]) => (value === undefined ? [] : [`${title}: ${cellText(value)}\n`])).join('')
}

/** ISTIO_PROXY_SHA without the name of its repository. */
function proxyVersion(metadata: Json | undefined): string | undefined {
  const sha = text(metadata, 'ISTIO_PROXY_SHA')
  return sha?.includes(':') ? sha.split(':')[1] : sha
}

/** `1.40.0-dev/Clean/RELEASE/BoringSSL`: version, label, revision status, build type, TLS library, as far as they are told. */
function envoyVersion(node: Json | undefined): string {
  const build = object(node, 'user_agent_build_version')
  const version = object(build, 'version')
  const metadata = object(build, 'metadata')
  const [major, minor, patch] = ['major_number', 'minor_number', 'patch'].map((part) => number(version, part) ?? 0)
  const label = text(metadata, 'build.label')
  const details = ['revision.status', 'build.type', 'ssl.version'].flatMap((name) => {
    const value = member(metadata, name)
    return typeof value === 'string' ? [`/${value}`] : []
  })
  return `${major}.${minor}.${patch}${label === undefined ? '' : `-${label}`}${details.join('')}`
}
