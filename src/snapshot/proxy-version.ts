import type {Snapshot} from './snapshot.js'

export interface ProxyVersion {
  /** Envoy's own, `1.40.0`. */
  envoy: string | null
  /** Of the Istio proxy around it, as its node says. */
  istio: string | null
}

/** A bootstrap is the first section of a dump; its node stands within the first of it, whatever the size of the rest. */
const headBytes = 512 * 1024

/**
 * The version of a pod's proxy from its dump's bootstrap, or from `/server_info`; null where neither was captured or
 * tells. Dumps may be huge, so that only their beginning is looked at, as text.
 */
export function proxyVersionOf(snapshot: Snapshot, folder: string): ProxyVersion | null {
  const dump = head(snapshot, `${folder}/config_dump.json`)
  const info = head(snapshot, `${folder}/server_info.json`)
  const envoy = versionOfBootstrap(dump) ?? versionOfServerInfo(info)
  const istio = istioVersion(dump) ?? istioVersion(info)
  return envoy === null && istio === null ? null : {envoy, istio}
}

const head = (snapshot: Snapshot, path: string): string =>
  new TextDecoder().decode(snapshot.bytes(path)?.subarray(0, headBytes))

function versionOfBootstrap(text: string): string | null {
  const version = /"user_?agent_?build_?version"\s*:\s*\{\s*"version"\s*:\s*(\{[^}]*\})/i.exec(text)?.[1]
  if (version === undefined) return null
  const part = (name: RegExp): string => name.exec(version)?.[1] ?? '0'
  return [/"major_?number"\s*:\s*(\d+)/i, /"minor_?number"\s*:\s*(\d+)/i, /"patch"\s*:\s*(\d+)/].map(part).join('.')
}

/** `commit/1.40.0/Clean/RELEASE/BoringSSL`. */
const versionOfServerInfo = (text: string): string | null =>
  /"version"\s*:\s*"[^"/]*\/(\d+\.\d+\.\d+[^"/]*)\//.exec(text)?.[1] ?? null

/** A proxy that was built without a version calls itself `unknown`. */
function istioVersion(text: string): string | null {
  const version = /"ISTIO_VERSION"\s*:\s*"([^"\\]*)"/.exec(text)?.[1]
  return version === undefined || version === 'unknown' || version === '' ? null : version
}
