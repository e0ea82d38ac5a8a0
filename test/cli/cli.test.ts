// The command line as people and programs use it: spawned, against a server of its own on a data folder of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsx = join(root, 'node_modules/.bin/tsx')
const main = join(root, 'src/cli/main.ts')

interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

let folder: string
let database: FreshDatabase
let server: ChildProcess
let served = ''

/** Runs one command on the data folder: it finds the server that runs there. */
function quipu(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      tsx,
      [main, ...args, '--data', folder],
      { cwd: root, env: { ...process.env, DATABASE_URL: database.url } },
      (_, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quipu cli '))
  database = await freshDatabase()
  server = spawn(tsx, [main, 'serve', '--data', folder, '--port', '0', '--log-level', 'warn'], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  served = await new Promise((resolve, reject) => {
    let text = ''
    server.stdout?.on('data', (chunk) => {
      text += String(chunk)
      const match = /listens on (\S+)/.exec(text)
      if (match?.[1] !== undefined) resolve(match[1])
    })
    server.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${text}`)))
  })
  const token = readFileSync(join(folder, 'admin-token'), 'utf8').trim()
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${served}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  await post('/v1/instruments', {
    instrument: 'ACME',
    name: 'Acme',
    type: 'equity',
    currency: 'USD',
    market: 'US',
    tradingCalendar: 'XNYS',
  })
  await post('/v1/portfolios', {
    portfolio: 'P1',
    baseCurrency: 'USD',
    openedOn: '2025-01-01',
    policy: {
      lotMethod: 'fifo',
      keeping: 'long-only',
      fx: { source: 'FX', fixing: 'noon', pivot: 'EUR', calendar: 'TARGET' },
      calendar: 'XNYS',
      zone: 'America/New_York',
    },
  })
}, 60_000)

afterAll(async () => {
  if (server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
  }
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

const CSV = `type,source,execId,tradeDate,instrument,side,quantity,price,currency,consideration,commission
fill,FILE,F1,2025-03-14,ACME,buy,10,60.5,USD,605,1
fill,FILE,F2,2025-03-14,ACME,buy,ten,60.5,USD,605,1
fill,FILE,F3,2025-03-14,ACME,buy,5,61,USD,305,1
`

describe('quipu import', () => {
  const file = () => join(folder, 'activity.csv')

  it('checks a file without recording anything, and names line, field and remedy of what is wrong', async () => {
    writeFileSync(file(), CSV)
    const { status, stdout, stderr } = await quipu('import', file(), '--portfolio', 'P1', '--dry-run')
    expect(status).toBe(1)
    expect(stdout).toContain('3 lines: 2 well-formed (nothing was recorded), 0 already there, 0 parked, 1 refused')
    expect(stderr).toContain('line 3: invalid-field (quantity)')
    expect(stderr).toContain('remedy:')
    expect(JSON.parse((await quipu('lots', '--json')).stdout).rows).toStrictEqual([])
  })

  it('records the good lines around a bad one, and nothing twice', async () => {
    const first = JSON.parse((await quipu('import', file(), '--portfolio', 'P1', '--json')).stdout)
    expect(first).toMatchObject({
      lines: 3,
      accepted: 2,
      already: 0,
      refused: 1,
      problems: [{ line: 3, code: 'invalid-field', field: 'quantity' }],
    })
    const second = JSON.parse((await quipu('import', file(), '--portfolio', 'P1', '--json')).stdout)
    expect(second).toMatchObject({ accepted: 0, already: 2, refused: 1 })
  })
})

describe("quipu import of another program's file", () => {
  it('maps, sets and ignores columns, and keeps every verdict', async () => {
    const [file, verdicts] = [join(folder, 'theirs.csv'), join(folder, 'verdicts.ndjson')]
    writeFileSync(
      file,
      'Deal;Dealt on;B/S;Symbol;Qty;Price;Ccy;Gross;Trader\nD1;2025-03-14;sell;ACME;4;62;USD;248;bob\nD2;2025-03-14;sell;ACME\n',
    )
    const args = ['--set', 'type=fill', '--set', 'source=THEIRS', '--map', 'Deal=execId', '--map', 'Dealt on=tradeDate']
    const unknown = await quipu('import', file, '--portfolio', 'P1', ...args, '--map', 'B/S=side', '--dry-run')
    expect([unknown.status, unknown.stderr]).toStrictEqual([2, expect.stringContaining('unknown-column (Trader)')])

    const all = [...args, '--map', 'B/S=side', '--ignore', 'Trader', '--verdicts', verdicts]
    expect((await quipu('import', file, '--portfolio', 'P1', ...all)).status).toBe(1)
    const lines = readFileSync(verdicts, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { line: 2, verdict: 'accepted', fact: 'fill:THEIRS:2025-03-14:D1' },
      { line: 3, verdict: 'refused', code: 'wrong-cell-count' },
    ])
    // Undone, so that the lots below are those of the first file.
    const undo = join(folder, 'undo.ndjson')
    const bust = { type: 'bust-fill', source: 'THEIRS', execId: 'D1-H', execRefId: 'D1', tradeDate: '2025-03-14' }
    writeFileSync(undo, `${JSON.stringify(bust)}\n`)
    expect((await quipu('import', undo, '--portfolio', 'P1')).status).toBe(0)
  })
})

describe('quipu reads', () => {
  it('prints lots as a table for people and as JSON for programs', async () => {
    const table = await quipu('lots', '--portfolio', 'P1')
    expect(table.status).toBe(0)
    expect(table.stdout).toContain('fill:FILE:2025-03-14:F1')
    const { rows, at } = JSON.parse((await quipu('lots', '--portfolio', 'P1', '--json')).stdout)
    // 10 x 60.50 + 1 = 606; 5 x 61 + 1 = 306
    expect(rows.map((row: { units: string; cost: string }) => [row.units, row.cost])).toStrictEqual([
      ['10', '606'],
      ['5', '306'],
    ])
    expect(typeof at.position).toBe('string')
  })

  it('replays how a position came about, unit by unit', async () => {
    // 10 and 5 bought; 4 sold; the sale busted.
    const steps = JSON.parse((await quipu('replay', '--portfolio', 'P1', '--instrument', 'ACME', '--json')).stdout)
    expect(steps.map((step: { positions: { units: string }[] }) => step.positions[0]?.units)).toStrictEqual([
      '15',
      '11',
      '15',
    ])
  })

  it('tries a command out, and shows what it would change', async () => {
    const body = join(folder, 'bust.json')
    const message = { source: 'FILE', execId: 'F1-B', execRefId: 'F1', tradeDate: '2025-03-17' }
    writeFileSync(body, JSON.stringify(message))
    const shown = await quipu('preview', '/v1/portfolios/P1/fills/bust', body)
    expect(shown.status).toBe(0)
    expect(shown.stdout).toContain('would record FillBusted in portfolio-P1')
    expect(shown.stdout).toContain('nothing was recorded')
    const { portfolios } = JSON.parse((await quipu('preview', '/v1/portfolios/P1/fills/bust', body, '--json')).stdout)
    expect(portfolios[0].lots).toMatchObject([
      { lot: 'fill:FILE:2025-03-14:F1', before: { units: '10', local: '606' }, after: null },
    ])
    writeFileSync(body, JSON.stringify({ ...message, execRefId: undefined }))
    const refused = await quipu('preview', '/v1/portfolios/P1/fills/bust', body)
    expect([refused.status, refused.stderr.split(':')[1]?.trim()]).toStrictEqual([1, 'missing-field (execRefId)'])
    expect((await quipu('preview', 'fills', body)).status).toBe(2)
  })

  it('closes a period by its checklist, or says what does not pass', async () => {
    const close = ['close', '-p', 'P1', '--through', '2025-03-31']
    const failed = await quipu(...close)
    expect(failed.status).toBe(1)
    // 15 ACME without a price, paid for by cash that nobody put in.
    expect(failed.stdout).toContain('ACME: no price')
    expect(failed.stdout).toContain('does NOT pass')
    const waived = ['--waive', 'prices=valued by hand', '--waive', 'overdrawn-cash=funded in April']
    const list = JSON.parse((await quipu(...close, ...waived, '--check', '--json')).stdout)
    expect(list.passes).toBe(true)
    const closed = await quipu(...close, ...waived)
    expect([closed.status, closed.stdout]).toStrictEqual([
      0,
      expect.stringContaining('seal:2025-03-31: closed through 2025-03-31'),
    ])
    const asked = await quipu('reopen', '-p', 'P1', '--ref', '2025-03-31', '--request', 'a late invoice')
    expect(asked.status).toBe(0)
    // The same token is the same person.
    const same = await quipu('reopen', '-p', 'P1', '--ref', '2025-03-31')
    expect([same.status, same.stderr.includes('same-person')]).toStrictEqual([1, true])
    const rolled = JSON.parse(
      (await quipu('roll-forward', '-p', 'P1', '--from', '2025-03-01', '--to', '2025-03-31', '--json')).stdout,
    )
    // 606 and 306 bought.
    expect(rolled.rows).toMatchObject([{ buysUnits: '15', buysCost: '912', closeCost: '912' }])
  })

  it('shows positions through a lens, of one portfolio', async () => {
    const seen = await quipu('positions', '-p', 'P1', '--lens', 'average')
    expect([seen.status, seen.stdout.includes('difference')]).toStrictEqual([0, true])
    expect((await quipu('positions', '--lens', 'average')).status).toBe(2)
  })

  it('verifies: exit status 0 and a certificate', async () => {
    const { status, stdout } = await quipu('verify', '--json')
    expect([status, JSON.parse(stdout).ok, JSON.parse(stdout).differences]).toStrictEqual([0, true, []])
  })

  it('verifies: exit status 1, and the row named, when one was altered by hand', async () => {
    const { rows } = await database.pool.query(
      `SELECT schemaname FROM pg_tables WHERE tablename = 'lot_versions' AND schemaname LIKE 'quipu\\_g%' ORDER BY 1 DESC LIMIT 1`,
    )
    const table = `${rows[0].schemaname}.lot_versions`
    await database.pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
    await database.pool.query(`UPDATE ${table} SET cost = cost + 1 WHERE lot = 'fill:FILE:2025-03-14:F1'`)
    const { status, stdout } = await quipu('verify')
    expect(status).toBe(1)
    expect(stdout).toContain('NOT as the log says')
    expect(stdout).toContain('fill:FILE:2025-03-14:F1')
    expect((await quipu('rebuild')).status).toBe(0)
    expect((await quipu('verify')).status).toBe(0)
  })

  it('says what is wrong with a command line, an unknown portfolio and an unreachable server, each with its own status', async () => {
    expect((await quipu('positions', '--colour', 'red')).status).toBe(2)
    const unknown = await quipu('positions', '--portfolio', 'NONE')
    expect([unknown.status, unknown.stderr.includes('unknown-portfolio')]).toStrictEqual([1, true])
    const away = await quipu('positions', '--url', 'http://127.0.0.1:9', '--json')
    expect([away.status, JSON.parse(away.stderr).error.code]).toStrictEqual([3, 'server-unreachable'])
  })
})

describe('quipu corporate-actions', () => {
  it('announces from JSON, shows terms and holders, elects, lists, and cancels', async () => {
    const file = join(folder, 'tender.json')
    const sale = { kind: 'cash', leg: 1, income: 'sale', currency: 'USD', perUnit: '70' }
    const terms = {
      action: 'T1',
      caev: 'TEND',
      exDate: '2025-06-16',
      responseDeadline: '2025-06-10',
      options: [{ option: 1, caop: 'CASH', legs: [sale] }],
    }
    writeFileSync(file, JSON.stringify({ instrument: 'ACME', terms }))
    expect((await quipu('corporate-actions', 'announce', file)).stdout).toContain('ca:ACME:T1: recorded')
    const shown = JSON.parse((await quipu('corporate-actions', 'show', 'ACME', 'T1', '--json')).stdout)
    expect([shown.caev, shown.holders.map((row: { units: string }) => row.units)]).toStrictEqual(['TEND', ['15']])

    const elect = (quantity: string, on: string) =>
      quipu(
        'corporate-actions',
        'elect',
        'ACME',
        'T1',
        '-p',
        'P1',
        '--option',
        '1',
        '--quantity',
        quantity,
        '--ref',
        'E1',
        '--on',
        on,
      )
    const late = await elect('5', '2025-06-11')
    expect([late.status, late.stderr]).toStrictEqual([1, expect.stringContaining('election-too-late')])
    expect((await elect('16', '2025-06-09')).stderr).toContain('election-exceeds-holding')
    expect((await elect('5', '2025-06-09')).stdout).toContain('election:E1: recorded')

    const listed = JSON.parse((await quipu('corporate-actions', 'list', '--instrument', 'ACME', '--json')).stdout)
    expect(listed.map((row: { action: string; status: string }) => [row.action, row.status])).toStrictEqual([
      ['T1', 'announced'],
    ])
    expect((await quipu('corporate-actions', 'cancel', 'ACME', 'T1', '--withdrawn')).status).toBe(0)
    expect((await quipu('corporate-actions', 'show', 'ACME', 'T9')).stderr).toContain('unknown-action')
    expect((await quipu('corporate-actions', 'codes')).stdout).toContain('bonus or capitalisation issue')
  }, 60_000)
})
