// Prints the closing line of a CI run from vitest's JSON report: "N passed, N failed", and ", N skipped" when some were.
import { readFileSync } from 'node:fs'

let report
try {
  report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
} catch {
  // vitest did not live to write it: that is a failure, and no test is known to have passed.
  report = {
    success: false,
    numPassedTests: 0,
    numFailedTests: 1,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
  }
}
const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = report
// A file that fails before its first test has no failed test to count.
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
)
let failed = numFailedTests + brokenFiles.length
if (failed === 0 && report.success === false) failed = 1 // an error outside any test
const skipped = numPendingTests + numTodoTests
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
