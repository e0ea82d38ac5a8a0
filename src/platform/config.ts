// The settings of a Quipu process: read from flags and the environment, checked once, typed ever after.
import { resolve } from 'node:path'
import { z } from 'zod'
import { PlatformError } from './platform-error.ts'

export const ROLES_OF_PROCESS = ['api', 'projector', 'sagas'] as const

/** Length of a token or key that cannot be guessed, however fast one asks. */
const SECRET_LENGTH_MIN = 32
const MASTER_KEY_BYTES = 32

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is no port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'is over 65535')

/** Only the scheme is judged here: a cluster's address names several hosts, which URL does not parse. */
function address(...schemes: string[]) {
  const accepted = (text: string) => schemes.some((scheme) => text.startsWith(`${scheme}://`) && !/\s/.test(text))
  return z.string().refine(accepted, { error: `is no ${schemes.join(':// or ')}:// address` })
}

/** Each setting: its name in the environment, its flag, its shape as text, and what it is for. */
const SETTINGS = {
  databaseUrl: ['DATABASE_URL', '--database-url', address('postgres', 'postgresql').optional()],
  eventStoreUrl: [
    'EVENTSTORE_URL',
    '--eventstore-url',
    address('esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover').optional(),
  ],
  host: ['QUIPU_HOST', '--host', z.string().min(1).default('127.0.0.1')],
  port: ['QUIPU_PORT', '--port', port.default(7878)],
  dataDir: [
    'QUIPU_DATA',
    '--data',
    z
      .string()
      .min(1)
      .default('data')
      .transform((path) => resolve(path)),
  ],
  postgresPort: ['QUIPU_POSTGRES_PORT', '--postgres-port', port.optional()],
  roles: [
    'QUIPU_ROLES',
    '--roles',
    z
      .string()
      .default(ROLES_OF_PROCESS.join(','))
      .transform(splitList)
      .pipe(z.array(z.enum(ROLES_OF_PROCESS)).min(1)),
  ],
  logLevel: [
    'QUIPU_LOG_LEVEL',
    '--log-level',
    z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  ],
  tokenFile: [
    'QUIPU_TOKEN_FILE',
    '--token-file',
    z
      .string()
      .min(1)
      .transform((path) => resolve(path))
      .optional(),
  ],
  adminToken: [
    'QUIPU_ADMIN_TOKEN',
    undefined,
    z.string().min(SECRET_LENGTH_MIN, `is shorter than ${SECRET_LENGTH_MIN} characters`).optional(),
  ],
  masterKey: [
    'QUIPU_MASTER_KEY',
    undefined,
    z
      .string()
      .regex(new RegExp(`^[0-9a-fA-F]{${MASTER_KEY_BYTES * 2}}$`), `is not ${MASTER_KEY_BYTES} bytes in hexadecimal`)
      .optional(),
  ],
} as const satisfies Record<string, readonly [string, string | undefined, z.ZodType]>

type Settings = typeof SETTINGS
type SettingName = keyof Settings

/** The settings, checked. A secret among them (databaseUrl, eventStoreUrl, adminToken, masterKey) is never logged. */
export type Config = { readonly [Name in SettingName]: z.output<Settings[Name][2]> }

/** Flags as a command line gives them: text, or undefined when absent. */
export type Flags = { readonly [Name in SettingName]?: string | undefined }

/** Names under QUIPU_ that other parts read: the CLI as a client, and the tests. */
const OTHER_NAMES = ['QUIPU_URL', 'QUIPU_TOKEN']
const TEST_PREFIXES = ['QUIPU_TEST_', 'QUIPU_PROPERTY_', 'QUIPU_KILL_']

export interface ConfigProblem {
  /** The variable or flag as the operator wrote it. */
  readonly field: string
  readonly message: string
}

/** All that is wrong with the settings, at once. Code `bad-configuration`. */
export class BadConfiguration extends PlatformError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super('bad-configuration', problems.map(({ field, message }) => `${field} ${message}`).join('; '), {
      field: problems[0]?.field ?? '',
      remedy: 'correct these settings; docs/configuration.md lists them all',
    })
    this.problems = problems
  }
}

/**
 * Reads the settings: a flag wins over the environment, an empty text counts as absent. A name under QUIPU_ that nobody reads
 * is refused, because a misspelt setting would otherwise be a silent default.
 * @throws BadConfiguration naming every wrong setting; values are not repeated in it, because some are secrets.
 */
export function readConfig(flags: Flags, environment: NodeJS.ProcessEnv): Config {
  const problems: ConfigProblem[] = []
  const given: Record<string, unknown> = {}
  for (const name of settingNames()) {
    const [variable, flag, schema] = SETTINGS[name]
    const fromFlag = present(flags[name])
    const result = schema.safeParse(fromFlag ?? present(environment[variable]))
    if (result.success) given[name] = result.data
    else
      problems.push({
        field: fromFlag !== undefined && flag !== undefined ? flag : variable,
        message: reason(result.error),
      })
  }
  problems.push(...unknownNames(environment))
  if (problems.length > 0) throw new BadConfiguration(problems)
  return given as Config // each value came out of its own schema just above
}

function unknownNames(environment: NodeJS.ProcessEnv): ConfigProblem[] {
  const known = new Set<string>([...settingNames().map((name) => SETTINGS[name][0]), ...OTHER_NAMES])
  return Object.keys(environment)
    .filter(
      (name) =>
        name.startsWith('QUIPU_') && !TEST_PREFIXES.some((prefix) => name.startsWith(prefix)) && !known.has(name),
    )
    .map((field) => ({ field, message: `is no setting; there are ${[...known].sort().join(', ')}` }))
}

function settingNames(): SettingName[] {
  return Object.keys(SETTINGS) as SettingName[] // the keys of a literal object
}

function reason(error: z.ZodError): string {
  return error.issues.map(({ message }) => message.charAt(0).toLowerCase() + message.slice(1)).join(', ')
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}

function splitList(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}
