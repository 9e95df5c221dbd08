import {SourceError} from '../../errors.js'

/** A forwarded stream that ended before its time; asking once more may help. */
export class DroppedStream extends SourceError {}

/** The pod is there, and nothing in it listens on the port. */
export class ClosedPort extends SourceError {
  constructor(port: number, where: string) {
    super(
      'unreachable',
      `nothing listens on port ${port} of the pod`,
      where,
      'Envoy’s admin port may have been moved: name it with --proxy-admin-port',
    )
  }
}
