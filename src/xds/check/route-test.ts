import type {MatchRequest, Suppositions} from '../match/request.js'
import type {Expectation} from './expectation.js'

/** One case of a test file: what is asked, and what has to come out. */
export interface RouteTest {
  name: string
  request: MatchRequest
  suppositions: Suppositions
  expectations: Expectation[]
  /** Expectations of a foreign format that nothing here can check, by name. */
  unchecked: string[]
  /** What router_check_tool presets; null for a case of our own format. */
  preset: TestPreset | null
}

/** What takes the place of a runtime, of chance and of a cluster manager in router_check_tool. */
export interface TestPreset {
  /** The runtime key that is set; empty for none. */
  runtime: string
  random: bigint
  /** Clusters that `cluster_header` may find in the request. */
  namedByRequest: string[]
}
