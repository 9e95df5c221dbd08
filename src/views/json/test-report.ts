import type {TestReport} from '../../xds/check/report.js'

/** The TestReport document. */
export const testReportDocument = (report: TestReport) => ({apiVersion: 'sidetrace/v1', kind: 'TestReport', ...report})
