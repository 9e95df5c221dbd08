import {DataError} from '../../errors.js'
import type {ByteSource} from '../../sources/byte-source.js'
import {pemBlocks} from '../../views/table/certificate.js'
import {type Json, objects, text} from '../../views/table/field.js'
import {secretPem} from '../../views/table/secret.js'
import {readSection} from './read-items.js'

/** The root certificates that an Envoy trusts: those of its secret ROOTCA, each as the base64 of its PEM block. @throws DataError, SourceError */
export async function rootCertificates(source: ByteSource): Promise<string[]> {
  const section = await readSection(source, 'secrets')
  const isRoot = (entry: Json) => text(entry, 'name') === 'ROOTCA'
  const root = [...objects(section, 'dynamic_active_secrets'), ...objects(section, 'dynamic_warming_secrets')].find(
    isRoot,
  )
  if (root === undefined) throw new DataError('has no secret ROOTCA', source.origin)
  const blocks = pemBlocks(secretPem(root))
  if (blocks.length === 0) throw new DataError('has no certificate in its secret ROOTCA', source.origin)
  return blocks
}
