import type {ConfigDump} from './parse/config-dump.js'

/** What Envoy's admin answers say beside the configuration; absent members are not known. */
export interface ProxyState {
  /** Parsed answer of `/clusters?format=json`: health, outlier flags, circuit breakers, resolved DNS hosts. */
  clusters?: unknown
  /** Parsed answer of `/server_info`. */
  serverInfo?: unknown
  /** Parsed answer of `/runtime`. */
  runtime?: unknown
  /** Parsed answer of `/certs`. */
  certs?: unknown
}

/** One Envoy: its configuration and what is known of its state. Indexes over it are built on first use and kept beside it. */
export interface Proxy {
  dump: ConfigDump
  state: ProxyState
}
