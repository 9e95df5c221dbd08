import {fault} from './fault.js'
import type {HttpFilter} from './http-filter.js'
import {rbac} from './rbac.js'

/** The terminal filter, which acts on the route. */
export const routerType = 'envoy.extensions.filters.http.router.v3.Router'

const http = 'envoy.extensions.filters.http'

/** How each type of filter judges a request; types that are not here are not modelled. */
export const filterTypes: Readonly<Record<string, HttpFilter>> = {
  [`${http}.rbac.v3.RBAC`]: rbac,
  [`${http}.fault.v3.HTTPFault`]: fault,
}
