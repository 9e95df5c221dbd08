import {type Family, facts} from './remedy.js'

/** What Envoy's details say of a request that it does not take at all. Source: Envoy, response_code_details. */
const forms: Record<string, {says: string; change: string}> = {
  missing_host_header: {
    says: 'an HTTP/1.1 request must carry a Host line, and this has none',
    change: 'send a Host header',
  },
  'http1.headers_too_large': {
    says: 'the header lines are larger than this Envoy takes',
    change: 'send smaller headers, or raise max_request_headers_kb',
  },
  'http1.too_many_headers': {says: 'there are more header lines than this Envoy takes', change: 'send fewer headers'},
  'http2.too_many_headers': {says: 'there are more header lines than this Envoy takes', change: 'send fewer headers'},
  'http1.invalid_url': {says: 'the request target is not a valid one', change: 'send a path, or an absolute URL'},
  'http1.codec_error': {
    says: 'these bytes are not HTTP/1',
    change: 'speak HTTP on this port, or declare it as TCP (the port name or appProtocol of the Service)',
  },
  'http1.invalid_scheme': {
    says: 'the scheme of the request target is not a valid one',
    change: 'send a path, or an http:// URL',
  },
  invalid_scheme: {says: 'the scheme of the request does not fit', change: 'send http or https as the scheme'},
  'http.invalid_authority': {
    says: 'the Host line is not a valid one',
    change: 'send a host name, and a port if need be',
  },
  'http1.unexpected_underscore': {
    says: 'a header name has an underscore, which is not taken here',
    change: 'name the header with hyphens, or allow it (headers_with_underscores_action)',
  },
  'http2.invalid.header.field': {
    says: 'a header line is not valid in HTTP/2',
    change: 'send names in lower case, and none of the lines that HTTP/2 forbids (connection, transfer-encoding)',
  },
  low_version: {says: 'HTTP/1.0 is not taken here', change: 'speak HTTP/1.1'},
  missing_path_rejected: {says: 'the request has no path', change: 'send a path'},
  path_normalization_failed: {
    says: 'the path cannot be normalised',
    change: 'send a path without escapes that are not valid',
  },
  absolute_path_rejected: {says: 'the target in absolute form is not taken here', change: 'send the path alone'},
  upgrade_failed: {says: 'this upgrade is not allowed here', change: 'allow it in upgrade_configs of the listener'},
}

export const requestForm: Family = ({details, proxy}) => {
  const form = forms[details]
  if (form === undefined) return null
  return {says: form.says, lines: facts(['listener', proxy?.listener ?? null], ['to change', form.change])}
}
