// The first command on a portfolio of 100,000 fills after a restart: Quipu in a process of its own, ended in order or killed, started
// again, and asked over HTTP to record one fill.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ADMIN, QuipuProcess } from '../test/kills/quipu-process.ts'
import type { BenchResult } from './run.ts'

const FILLS = 100_000
const LINES = 5000
const SYMBOLS = 50
/** Restarts after an orderly end, and after SIGKILL. */
const RESTARTS = 7
const KILLS = 3
/** Fills recorded before a kill: as many as a snapshot may be behind. */
const UNSAVED = 1900
/** How long the read models may take to catch up before an end. */
const PATIENCE_MS = 180_000

const fill = (i: number) => {
  const cents = 2000 + ((i * 37) % 500)
  const quantity = 100 + (i % 7)
  const minute = Math.floor(i / 60) % 60
  return {
    source: 'BENCH',
    execId: `X${i}`,
    order: `O${Math.floor(i / 20)}`,
    tradeDate: new Date(Date.UTC(2015, 0, 5 + Math.floor(i / 40))).toISOString().slice(0, 10),
    executedAt: `2015-03-14T15:${String(minute).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}Z`,
    instrument: `S${i % SYMBOLS}`,
    side: 'buy',
    quantity: String(quantity),
    price: String(cents / 100),
    currency: 'USD',
    consideration: String((cents * quantity) / 100),
    costs: [{ type: 'commission', amount: '1', currency: 'USD' }],
  }
}

export async function run(): Promise<BenchResult> {
  const data = mkdtempSync(join(tmpdir(), 'quipu-bench-first-command-'))
  const quipu = new QuipuProcess(data)
  let sent = 0
  let position = ''
  let unanswered = 0
  const call = async (path: string, body?: string, type = 'application/json') => {
    const url = await quipu.ready
    const started = performance.now()
    const answer = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': type, 'quipu-position': position },
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.text()
    const took = performance.now() - started
    const bad = text.split('\n').find((line) => !answer.ok || /"verdict":"(refused|failed)"/.test(line))
    if (bad !== undefined) throw new Error(`${path}: ${bad}`)
    position = answer.headers.get('quipu-position') ?? position
    return { took, text }
  }
  const lines = async (count: number) => {
    const body = Array.from({ length: count }, () => JSON.stringify({ type: 'fill', portfolio: 'P', ...fill(sent++) }))
    const send = () => call('/v1/activity', body.join('\n'), 'application/x-ndjson')
    // What PostgreSQL gave no answer to in time is sent again: what was recorded is known.
    const { text } = await send().catch((error: unknown) => {
      if (!String(error).includes('append-outcome-unknown')) throw error
      unanswered++
      return send()
    })
    position = JSON.parse(text.trim().split('\n').at(-1) ?? '{}').position
  }
  const one = async () => (await call('/v1/portfolios/P/fills', JSON.stringify(fill(sent++)))).took
  /** What people read is as new as what was recorded: nothing is left to fold when the process ends. */
  const visible = async () => {
    for (const until = performance.now() + PATIENCE_MS; ; ) {
      try {
        await call('/v1/portfolios/P/lots?limit=1')
        return
      } catch (error) {
        if (performance.now() > until) throw error
      }
    }
  }
  try {
    for (let i = 0; i < SYMBOLS; i++) {
      const instrument = { instrument: `S${i}`, name: `S${i}`, type: 'equity', currency: 'USD' }
      await call('/v1/instruments', JSON.stringify({ ...instrument, market: 'US', tradingCalendar: 'XNYS' }))
    }
    const policy = {
      lotMethod: 'fifo',
      keeping: 'long-short',
      fx: { source: 'FX', fixing: 'noon', pivot: 'EUR', calendar: 'TARGET' },
      calendar: 'XNYS',
      zone: 'America/New_York',
    }
    const portfolio = { portfolio: 'P', baseCurrency: 'USD', openedOn: '2010-01-04', policy }
    await call('/v1/portfolios', JSON.stringify(portfolio))
    const begun = performance.now()
    while (sent < FILLS) await lines(LINES)
    const loaded = (performance.now() - begun) / 1000

    const ended: number[] = []
    const starts: number[] = []
    for (let i = 0; i < RESTARTS; i++) {
      await visible()
      await quipu.stop()
      quipu.start()
      starts.push(await quipu.startTime())
      ended.push(await one())
    }
    const killed: number[] = []
    for (let i = 0; i < KILLS; i++) {
      await lines(UNSAVED)
      await visible()
      await quipu.kill()
      quipu.start()
      await quipu.ready
      killed.push(await one())
    }
    const text = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(', ')
    return {
      value: Math.max(...ended, ...killed),
      unit: 'ms, the slowest',
      goal: '<= 200',
      notes: [
        `${FILLS} fills loaded in ${loaded.toFixed(1)} s, ${unanswered} requests sent again; a start took ${text(starts)} ms`,
        `after an orderly end: ${text(ended)} ms; after SIGKILL with ${UNSAVED} fills since: ${text(killed)} ms`,
      ],
    }
  } catch (error) {
    console.error(quipu.said)
    throw error
  } finally {
    await quipu.dispose()
    rmSync(data, { recursive: true, force: true })
  }
}
