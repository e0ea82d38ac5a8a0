// A little Quipu for the tests to start, kill and run as somebody else: node main.ts DATA_DIR [STRATEGY] [PORT].
// It prints one line of JSON when its database is up or refused, and stops when its input ends.
import { startEmbeddedPostgres } from '../../../src/platform/embedded-postgres.ts'
import { PlatformError } from '../../../src/platform/platform-error.ts'

const [dataDir = '', strategy, port] = process.argv.slice(2)
const said: string[] = []
try {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    rootStrategy: strategy === 'service-user' ? 'service-user' : 'auto',
    log: (message) => said.push(message),
    ...(port === undefined ? {} : { port: Number(port) }),
  })
  console.log(JSON.stringify({ url: postgres.url, port: postgres.port, adopted: postgres.adopted, said }))
  process.stdin.resume()
  process.stdin.once('end', async () => {
    await postgres.stop()
    process.exit(0)
  })
  // "leave" on the input: end without stopping, as a program does that forgets to.
  process.stdin.once('data', () => process.exit(0))
} catch (error) {
  if (!(error instanceof PlatformError)) throw error
  console.log(JSON.stringify({ code: error.code, message: error.message, remedy: error.remedy }))
  process.exit(1)
}
