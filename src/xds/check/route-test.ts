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
}
