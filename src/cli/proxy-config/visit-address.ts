import {textLeaf, valueLeaf} from '../../scan/leaf.js'
import {type Visit, visit} from '../../scan/visit.js'
import {type Json, number} from '../../views/table/field.js'

/** What was met of an `envoy.config.core.v3.Address` so far. */
export class MetAddress {
  private isSocket = false
  private ip = ''
  private portValue: unknown
  /** Addresses that are no sockets. */
  private pipe: unknown
  private internal: unknown

  clear(): void {
    this.isSocket = false
    this.ip = ''
    this.portValue = undefined
    this.pipe = undefined
    this.internal = undefined
  }

  visit(): Visit {
    const address = textLeaf((text) => {
      this.ip = text ?? ''
    })
    const port_value = valueLeaf((value) => {
      this.portValue = value
    })
    const pipe = valueLeaf((value) => {
      this.pipe = value
    })
    const envoy_internal_address = valueLeaf((value) => {
      this.internal = value
    })
    const begin = () => {
      this.isSocket = true
    }
    return visit({socket_address: visit({address, port_value}, {begin}), pipe, envoy_internal_address})
  }

  /** The socket's address and port; null for an address of another kind. */
  get socket(): {ip: string; port: number} | null {
    return this.isSocket ? {ip: this.ip, port: number({port: this.portValue}, 'port') ?? 0} : null
  }

  /** An address that is no socket, as it stands. */
  get other(): Json {
    return {pipe: this.pipe, envoy_internal_address: this.internal}
  }
}
