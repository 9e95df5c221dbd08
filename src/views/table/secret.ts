import {type CertificateFacts, certificateFacts, isValidAt} from './certificate.js'
import {type Column, stateMark, type Table} from './column.js'
import {type Json, object, objects, text, typeName} from './field.js'

export interface SecretRow {
  name: string
  status: 'ACTIVE' | 'WARMING'
  facts: CertificateFacts
  valid: boolean
}

export const secretColumns = (prefix: string): Column<SecretRow>[] => [
  {title: 'RESOURCE NAME', cell: ({name}) => prefix + name},
  {title: 'TYPE', cell: ({facts}) => facts.type},
  {title: 'STATUS', cell: ({status}) => status},
  {title: 'VALID CERT', cell: ({valid}) => String(valid), mark: ({valid}) => stateMark(String(valid))},
  {title: 'SERIAL NUMBER', cell: ({facts}) => facts.serialNumber},
  {title: 'NOT AFTER', cell: ({facts}) => facts.notAfter},
  {title: 'NOT BEFORE', cell: ({facts}) => facts.notBefore},
]
export const trustDomainColumn: Column<SecretRow> = {title: 'TRUST DOMAIN', cell: ({facts}) => facts.trustDomain}

/** The secrets of a SecretsConfigDump, warming ones first; null when there are none, which istioctl says in words. */
export function secretTable(section: Json, now: Date, inAll: boolean): Table<SecretRow> | null {
  const rows = [
    ...objects(section, 'dynamic_warming_secrets').flatMap((entry) => secretRows(entry, 'WARMING', now)),
    ...objects(section, 'dynamic_active_secrets').flatMap((entry) => secretRows(entry, 'ACTIVE', now)),
  ]
  if (rows.length === 0) return null
  const own = secretColumns(inAll ? 'secret/' : '')
  return {columns: rows.every(({facts}) => facts.trustDomain !== '') ? [...own, trustDomainColumn] : own, rows}
}

export const noSecrets = 'No active or warming secrets found.\n'

export function secretRows(entry: Json, status: SecretRow['status'], now: Date): SecretRow[] {
  const name = text(entry, 'name') ?? ''
  return certificates(entry).map((facts) => ({name, status, facts, valid: isValidAt(facts, now)}))
}

/** The certificates of a secret that can be read. */
export const certificatesOf = (entry: Json): CertificateFacts[] =>
  certificates(entry).filter(({serialNumber}) => serialNumber !== '')

/** The certificate chain, else the trusted CA, else a bundle for each trust domain of a SPIFFE validator. */
function certificates(entry: Json): CertificateFacts[] {
  const pem = secretPem(entry)
  const context = object(object(entry, 'secret'), 'validation_context')
  const validator = object(object(context, 'custom_validator_config'), 'typed_config')
  if (pem !== '') return [certificateFacts(pem)]
  if (!typeName(validator).endsWith('.SPIFFECertValidatorConfig')) return [certificateFacts('')]
  return objects(validator, 'trust_domains').map((domain) => ({
    ...certificateFacts(inlinePem(object(domain, 'trust_bundle'))),
    trustDomain: text(domain, 'name') ?? '',
  }))
}

/** The PEM text of a secret's certificate chain, else of its trusted CA; empty where it has neither. */
export function secretPem(entry: Json): string {
  const secret = object(entry, 'secret')
  const chain = inlinePem(object(object(secret, 'tls_certificate'), 'certificate_chain'))
  return chain === '' ? inlinePem(object(object(secret, 'validation_context'), 'trusted_ca')) : chain
}

const inlinePem = (source: Json | undefined): string =>
  Buffer.from(text(source, 'inline_bytes') ?? '', 'base64').toString('latin1')
