import type {Match} from '../xds/match/result.js'
import {requestDocument} from './match-request.js'

/** The Match document (contract): members that do not apply are null, steps only where they are asked for. */
export const matchDocument = ({request, branches}: Match, withSteps: boolean) => ({
  apiVersion: 'sidetrace/v1',
  kind: 'Match',
  ...(request.id === undefined ? {} : {id: request.id}),
  request: requestDocument(request),
  branches: withSteps ? branches : branches.map((branch) => ({...branch, steps: []})),
})
