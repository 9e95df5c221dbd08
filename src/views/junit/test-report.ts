import type {Suite, TestReport, TestResult} from '../../xds/check/report.js'
import {element, escapeXml} from '../diagram/xml.js'
import {tellDifference} from '../story/route-test.js'

/** The report as JUnit XML, which CI systems read: a suite a file, a failure for each case with all that differs. */
export function renderJunit({suites, summary}: TestReport): string {
  const counts = {tests: summary.passed + summary.failed + summary.skipped, failures: summary.failed, errors: 0}
  const content = suites.map(suiteElement).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {name: 'sidetrace', ...counts}, `\n${content}`)}`
}

function suiteElement({file, tests}: Suite<TestResult>): string {
  const count = (result: TestResult['result']) => tests.filter((test) => test.result === result).length
  const counts = {tests: tests.length, failures: count('failed'), errors: 0, skipped: count('skipped')}
  return element('testsuite', {name: file, ...counts}, `\n${tests.map((test) => caseElement(file, test)).join('')}`)
}

function caseElement(file: string, test: TestResult): string {
  const content = [failureElement(test), skippedElement(test)].join('')
  return element('testcase', {classname: file, name: test.name}, content === '' ? '' : `\n${content}`)
}

function failureElement({differences}: TestResult): string {
  const told = differences.map(tellDifference)
  const [first] = told
  if (!first) return ''
  const message = `${first.member}: expected ${first.expected}, got ${first.got}`
  const lines = told.flatMap(({member, expected, got, reasons}) => [
    `${member}: expected ${expected}`,
    `${member}: got ${got}`,
    ...reasons,
  ])
  return element('failure', {type: first.member, message}, lines.map(escapeXml).join('\n'))
}

const skippedElement = ({result, unchecked}: TestResult): string =>
  result === 'skipped' ? element('skipped', {message: `not checked: ${unchecked.join(', ')}`}) : ''
