// Leaves the counts of a test run where .ci/run finds them: its last line must not depend on jest's own summary.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../node_modules/.cache')

export default class CountReporter {
  onRunComplete(_, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    const failed = numFailedTests + numRuntimeErrorTestSuites
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'test-counts'), `${numPassedTests} passed, ${failed} failed${skipped}\n`)
  }
}
