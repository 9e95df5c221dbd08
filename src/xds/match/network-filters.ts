import type {Assumption} from '../../decision/assumption.js'
import {check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {type Extension, readExtension} from '../parse/extension.js'
import {at, type JsonObject, objects} from '../parse/field.js'
import type {Proxy as Envoy} from '../proxy.js'
import {type ChainVerdict, ended, responded} from './chain-verdict.js'
import type {DownstreamConnection} from './connection.js'
import type {FilterChain} from './filter-chain.js'
import {filterStateValues, setFilterState} from './filter-state-value.js'
import {connectionSubject} from './format-subject.js'
import {askConnectionManager} from './http-bytes.js'
import {connectionClosed, unknownOutcome} from './local-reply.js'
import {judgeRbac, type RbacJudgement, rbacDeniedDetails} from './rbac.js'
import type {MatchRequest, Suppositions} from './request.js'
import type {Note} from './result.js'
import {emptyState, type FilterState} from './stream-state.js'
import {proxyTcp} from './tcp-proxy.js'

/** What network filters look at. */
export interface ChainQuestion {
  envoy: Envoy
  connection: DownstreamConnection
  request: MatchRequest
  suppositions: Suppositions
  explain: boolean
  /** A PROXY header that no listener filter took away stands before the client's bytes. */
  strayBytes: boolean
}

/** What filters leave for those after them. */
interface Passage {
  /** Set by sni_cluster: goes before the TCP proxy's own cluster. */
  clusterOverride: string | null
  steps: Step[]
  assumptions: Assumption[]
  notes: Note[]
}

type Progress =
  | {kind: 'goes on'; clusterOverride?: string; filterState?: FilterState}
  | {kind: 'ends'; verdicts: ChainVerdict[]}
type RunFilter = (filter: Extension, question: ChainQuestion, passage: Passage) => Progress

const network = 'envoy.extensions.filters.network.'
const goesOn: Progress = {kind: 'goes on'}
const passes: RunFilter = () => goesOn
const ends = (...verdicts: ChainVerdict[]): Progress => ({kind: 'ends', verdicts})

/** A protocol of its own, which decides by what the client says in it. */
const speaksOtherProtocol: RunFilter = ({type, at: place}) =>
  ends({...ended(unknownOutcome), notes: [{kind: 'unmodelled', text: `network filter ${type}`, at: place}]})

const filters: Record<string, RunFilter> = {
  [`${network}http_connection_manager.v3.HttpConnectionManager`]: (manager, question) =>
    ends(...askConnectionManager(manager, question)),
  [`${network}tcp_proxy.v3.TcpProxy`]: (proxy, question, {clusterOverride}) =>
    ends(...proxyTcp(proxy, question, clusterOverride)),
  [`${network}rbac.v3.RBAC`]: networkRbac,
  [`${network}direct_response.v3.Config`]: () => ends(ended(responded(null, '-', 'direct_response'))),
  [`${network}echo.v3.Echo`]: () => ends(ended(responded(null, '-', null))),
  [`${network}sni_cluster.v3.SniCluster`]: sniCluster,
  [`${network}redis_proxy.v3.RedisProxy`]: speaksOtherProtocol,
  [`${network}thrift_proxy.v3.ThriftProxy`]: speaksOtherProtocol,
  [`${network}dubbo_proxy.v3.DubboProxy`]: speaksOtherProtocol,
  [`${network}generic_proxy.v3.GenericProxy`]: speaksOtherProtocol,
  // These watch, count or label what goes by.
  [`${network}mongo_proxy.v3.MongoProxy`]: passes,
  [`${network}mysql_proxy.v3.MySQLProxy`]: passes,
  [`${network}postgres_proxy.v3alpha.PostgresProxy`]: passes,
  [`${network}zookeeper_proxy.v3.ZooKeeperProxy`]: passes,
  [`${network}kafka_broker.v3.KafkaBroker`]: passes,
  [`${network}set_filter_state.v3.Config`]: setConnectionState,
  [`${network}local_ratelimit.v3.LocalRateLimit`]: passes,
  [`${network}connection_limit.v3.ConnectionLimit`]: passes,
  [`${network}sni_dynamic_forward_proxy.v3.FilterConfig`]: passes,
  [`${network}ext_authz.v3.ExtAuthz`]: (filter, {suppositions}, passage) =>
    asks('ext_authz', filter, suppositions, passage),
  [`${network}ratelimit.v3.RateLimit`]: (filter, {suppositions}, passage) =>
    asks('ratelimit', filter, suppositions, passage),
  'envoy.tcp.metadataexchange.config.MetadataExchange': passes,
  'io.istio.http.peer_metadata.Config': passes,
  'stats.PluginConfig': passes,
}

const read = new WeakMap<JsonObject, Extension[]>()

/** A chain's filters, read once. */
function filtersOf(chain: FilterChain, {dump}: Envoy): Extension[] {
  let found = read.get(chain.raw)
  if (!found) {
    found = objects(chain.raw, 'filters').map((entry, index) =>
      readExtension(dump, entry, at(chain.at, 'filters', index)),
    )
    read.set(chain.raw, found)
  }
  return found
}

/** Runs a chain's network filters in their order until one ends the way. */
export function runNetworkFilters(chain: FilterChain, asked: ChainQuestion): ChainVerdict[] {
  let question = asked
  const passage: Passage = {clusterOverride: null, steps: [], assumptions: [], notes: []}
  const configured = filtersOf(chain, question.envoy)
  for (const filter of configured) {
    const progress = (filters[filter.type] ?? unmodelled)(filter, question, passage)
    if (progress.kind === 'ends') return progress.verdicts.map((verdict) => after(passage, verdict))
    if (progress.clusterOverride !== undefined) passage.clusterOverride = progress.clusterOverride
    if (progress.filterState) question = withFilterState(question, progress.filterState)
  }
  // Envoy closes a connection that no filter takes over.
  return [after(passage, ended(configured.length === 0 ? connectionClosed('-', null) : unknownOutcome))]
}

function after({steps, assumptions, notes}: Passage, verdict: ChainVerdict): ChainVerdict {
  if (steps.length + assumptions.length + notes.length === 0) return verdict
  return {
    ...verdict,
    steps: [...steps, ...verdict.steps],
    assumptions: [...assumptions, ...verdict.assumptions],
    notes: [...notes, ...verdict.notes],
  }
}

function setConnectionState({raw}: Extension, {connection}: ChainQuestion): Progress {
  const values = filterStateValues(raw, 'on_new_connection', 'on_downstream_tls_handshake')
  return {kind: 'goes on', filterState: setFilterState(values, connectionSubject(connection))}
}

function withFilterState(question: ChainQuestion, filterState: FilterState): ChainQuestion {
  const {connection} = question
  return {...question, connection: {...connection, state: {...(connection.state ?? emptyState), filterState}}}
}

function unmodelled({name, type, at: place}: Extension, _question: ChainQuestion, passage: Passage): Progress {
  passage.assumptions.push({
    about: `network filter ${name} (${type || 'not known'})`,
    assumed: 'lets the connection pass',
    at: place,
    turn: null,
  })
  return goesOn
}

/** A filter that asks a service. */
function asks(key: string, {name, at: place}: Extension, suppositions: Suppositions, passage: Passage): Progress {
  const denies = suppositions[key] === 'deny'
  passage.assumptions.push({
    about: `network filter ${name}`,
    assumed: denies ? 'denies' : 'allows',
    at: place,
    turn: `--assume ${key}=${denies ? 'allow' : 'deny'}`,
  })
  return denies ? ends(ended(connectionClosed(key === 'ext_authz' ? 'UAEX' : 'RL', null))) : goesOn
}

function sniCluster(filter: Extension, {connection}: ChainQuestion, passage: Passage): Progress {
  const {serverName} = connection.inspected
  passage.steps.push({
    at: filter.at,
    level: 'network filter',
    decided: filter.name,
    because: [check('SNI', serverName || '(none)', serverName || '(none)', true)],
    passedOver: [],
  })
  return serverName === '' ? goesOn : {kind: 'goes on', clusterOverride: serverName}
}

/** Judged at the connection's first bytes: who sends none is neither allowed nor denied yet. */
function networkRbac(filter: Extension, question: ChainQuestion, passage: Passage): Progress {
  const {connection, request, suppositions, explain, strayBytes} = question
  if (request.protocol === 'silent' && !strayBytes) {
    passage.notes.push({kind: 'rbac', text: 'is judged when the first byte arrives', at: filter.at})
    return goesOn
  }
  const subject = {connection, remote: connection.remote, request: null}
  const {enforced, shadow} = judgeRbac(filter, subject, suppositions, explain)
  if (shadow) passage.notes.push({kind: 'shadow rbac', text: describe(shadow), at: shadow.at})
  if (!enforced) return goesOn
  passage.assumptions.push(...enforced.assumptions)
  if (explain) passage.steps.push(rbacStep(filter, enforced))
  return enforced.allowed ? goesOn : ends(ended(connectionClosed('-', rbacDeniedDetails(enforced.policy))))
}

const describe = ({allowed, policy}: RbacJudgement): string =>
  `${allowed ? 'would allow' : 'would deny'}, policy ${policy ?? '(none)'}`

/** The step of an RBAC filter, for network filters and HTTP alike. */
export const rbacStep = (
  filter: Extension,
  {allowed, policy, at: place, because, passedOver}: RbacJudgement,
): Step => ({
  at: place,
  level: 'rbac',
  decided: `${filter.name} ${allowed ? 'allows' : 'denies'}${policy === null ? '' : ` by policy ${policy}`}`,
  because,
  passedOver,
})
