// Settings: where they come from, and what is said about wrong ones.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BadConfiguration, type Flags, readConfig } from '../../src/platform/config.ts'

/** The complaints about these settings, as the operator reads them. */
function complaints(flags: Flags, environment: NodeJS.ProcessEnv): [string, string][] {
  try {
    readConfig(flags, environment)
    return []
  } catch (error) {
    if (!(error instanceof BadConfiguration)) throw error
    return error.problems.map(({ field, message }) => [field, message])
  }
}

describe('settings', () => {
  it('have defaults that listen on this machine only and run every part', () => {
    expect(readConfig({}, {})).toStrictEqual({
      databaseUrl: undefined,
      eventStoreUrl: undefined,
      host: '127.0.0.1',
      port: 7878,
      dataDir: resolve('data'),
      postgresPort: undefined,
      roles: ['api', 'projector', 'sagas'],
      logLevel: 'info',
      tokenFile: undefined,
      adminToken: undefined,
      masterKey: undefined,
    })
  })

  it('a flag wins over the environment, and an empty text is no setting', () => {
    const config = readConfig(
      { port: '9000', host: '' },
      { QUIPU_PORT: '8000', QUIPU_HOST: '::1', QUIPU_LOG_LEVEL: ' ' },
    )
    expect([config.port, config.host, config.logLevel]).toStrictEqual([9000, '::1', 'info'])
  })

  it('addresses of the stores are taken by their scheme', () => {
    const environment = {
      DATABASE_URL: 'postgresql://u:p@db:5432/book',
      EVENTSTORE_URL: 'esdb://a:2113,b:2113,c:2113?tls=false',
    }
    const config = readConfig({ roles: 'projector, sagas' }, environment)
    expect([config.databaseUrl, config.eventStoreUrl]).toStrictEqual(Object.values(environment))
    expect(config.roles).toStrictEqual(['projector', 'sagas'])
  })

  it('everything wrong is named at once, by the name it was given under, without repeating secrets', () => {
    const wrong = complaints(
      { port: '70000', roles: 'api,projektor' },
      {
        DATABASE_URL: 'mysql://user:hunter2@db/book',
        QUIPU_ADMIN_TOKEN: 'short-secret',
        QUIPU_MASTER_KEY: 'xyz',
        QUIPU_PORT: '8000',
      },
    )
    expect(wrong).toStrictEqual([
      ['DATABASE_URL', 'is no postgres:// or postgresql:// address'],
      ['--port', 'is over 65535'],
      ['--roles', 'invalid option: expected one of "api"|"projector"|"sagas"'],
      ['QUIPU_ADMIN_TOKEN', 'is shorter than 32 characters'],
      ['QUIPU_MASTER_KEY', 'is not 32 bytes in hexadecimal'],
    ])
    expect(JSON.stringify(wrong)).not.toMatch(/hunter2|short-secret|xyz/)
  })

  it('a misspelt name is refused; what the CLI and the tests read is not', () => {
    expect(complaints({}, { QUIPU_DATADIR: '/srv', QUIPU_URL: 'x', QUIPU_TEST_DATABASE_URL: 'y' })).toStrictEqual([
      [
        'QUIPU_DATADIR',
        expect.stringContaining('is no setting; there are DATABASE_URL, EVENTSTORE_URL, QUIPU_ADMIN_TOKEN'),
      ],
    ])
  })
})

describe('the page about settings', () => {
  it('names every setting there is', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8')
    const [, message = ''] = complaints({}, { QUIPU_NOTHING: '1' })[0] ?? []
    const names = message.replace('is no setting; there are ', '').split(', ')
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toStrictEqual([])
  })
})
