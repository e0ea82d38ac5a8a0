// A sender of fills as an OMS would be: keeps every line until its verdict has come, and sends it again with the same key when none came.
import { request } from 'node:http'
import type { Random } from '../../src/demo/random.ts'
import { ADMIN } from './quipu-process.ts'

export interface Fill {
  readonly type: 'fill'
  readonly portfolio: string
  readonly source: string
  readonly execId: string
  readonly tradeDate: string
  readonly instrument: string
  readonly side: 'buy'
  readonly quantity: string
  readonly price: string
  readonly currency: string
  readonly consideration: string
}

/** What an acknowledgement said, as it must be said ever after. */
export interface Acknowledged {
  readonly position: string
  readonly revision: string
  readonly eventIds: readonly string[]
}

interface Verdict extends Acknowledged {
  readonly line: number | null
  readonly verdict: string
  readonly code?: string
  readonly message?: string
}

/** Pause before a sender tries again what found nobody, or nobody able. */
const RETRY_MS = 25
const SENDERS = 3

export class BulkLoad {
  readonly #random: Random
  readonly #portfolios: readonly string[]
  readonly #address: () => Promise<string>
  readonly acknowledged = new Map<string, Acknowledged>()
  readonly fills: Fill[] = []
  #waiting: Fill[] = []
  #alarm: { readonly at: number; ring(): void } | undefined
  /** Lines that were recorded, but whose acknowledgement a kill swallowed. */
  recognised = 0
  /** Lines sent again because no verdict had come. */
  resent = 0

  constructor(random: Random, portfolios: readonly string[], address: () => Promise<string>) {
    this.#random = random
    this.#portfolios = portfolios
    this.#address = address
  }

  /** So many lines have been sent, or are about to be, and have no verdict yet. */
  get unacknowledged(): number {
    return this.fills.length - this.acknowledged.size
  }

  supply(count: number): void {
    for (let i = 0; i < count; i++) {
      const quantity = this.#random.whole(1, 900)
      const fill: Fill = {
        type: 'fill',
        portfolio: this.#random.pick(this.#portfolios),
        source: 'OMS',
        execId: `E${this.fills.length}`,
        tradeDate: '2025-03-14',
        instrument: 'ACME',
        side: 'buy',
        quantity: String(quantity),
        price: '2',
        currency: 'USD',
        consideration: String(quantity * 2),
      }
      this.fills.push(fill)
      this.#waiting.push(fill)
    }
  }

  /** Resolves in the middle of a request, when so many more lines are acknowledged than now. */
  after(count: number): Promise<void> {
    if (count === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#alarm = { at: this.acknowledged.size + count, ring: resolve }
    })
  }

  /** Sends from several connections at once until every line has its verdict; fails on a verdict that no fill may get. */
  async drain(): Promise<void> {
    await Promise.all(Array.from({ length: SENDERS }, () => this.#sender()))
  }

  /** Sends every line once more: each must be recognised, with the words of its first acknowledgement. */
  async repeatAll(): Promise<readonly string[]> {
    const wrong: string[] = []
    for (let from = 0; from < this.fills.length; from += 4000) {
      const batch = this.fills.slice(from, from + 4000)
      const told = await post(await this.#address(), batch, () => undefined)
      batch.forEach((fill, i) => {
        const [verdict, first] = [told[i], this.acknowledged.get(fill.execId)]
        if (verdict?.verdict !== 'already' || JSON.stringify(contentOf(verdict)) !== JSON.stringify(first))
          wrong.push(`${fill.execId}: first ${JSON.stringify(first)}, then ${JSON.stringify(verdict)}`)
      })
    }
    return wrong
  }

  async #sender(): Promise<void> {
    while (this.unacknowledged > 0) {
      const batch = this.#waiting.splice(0, this.#random.whole(1, 250))
      if (batch.length > 0) await this.#send(batch)
      // The others hold what is left; a kill may yet give it back.
      else await pause()
    }
  }

  async #send(batch: readonly Fill[]): Promise<void> {
    const refused: string[] = []
    const before = this.acknowledged.size
    const heard = (verdict: Verdict): void => {
      const fill = verdict.line === null ? undefined : batch[verdict.line - 1]
      if (verdict.verdict === 'accepted' || verdict.verdict === 'already') {
        if (fill === undefined || this.acknowledged.has(fill.execId)) refused.push(JSON.stringify(verdict))
        else this.acknowledged.set(fill.execId, contentOf(verdict))
        if (verdict.verdict === 'already') this.recognised++
        if (this.#alarm !== undefined && this.acknowledged.size >= this.#alarm.at) {
          this.#alarm.ring()
          this.#alarm = undefined
        }
      } else if (verdict.verdict !== 'failed' && verdict.verdict !== 'stopped') refused.push(JSON.stringify(verdict))
    }
    try {
      await post(await this.#address(), batch, heard)
    } catch {
      // Killed: which lines were recorded is unknown, so those without a verdict are sent again.
    }
    if (refused.length > 0) throw new Error(`no fill of this load may be answered so: ${refused[0]}`)
    const left = batch.filter(({ execId }) => !this.acknowledged.has(execId))
    this.resent += left.length
    this.#waiting.unshift(...left)
    if (this.acknowledged.size === before) await pause()
  }
}

const contentOf = ({ position, revision, eventIds }: Acknowledged): Acknowledged => ({ position, revision, eventIds })

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, RETRY_MS))

/** One bulk request; tells each verdict as it comes and answers with all. Rejects when the connection breaks. */
function post(url: string, batch: readonly Fill[], heard: (verdict: Verdict) => void): Promise<Verdict[]> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/x-ndjson' }
    const sent = request(`${url}/v1/activity`, { method: 'POST', headers, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        response.resume()
        reject(new Error(`status ${response.statusCode}`))
        return
      }
      const verdicts: Verdict[] = []
      let rest = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        const lines = `${rest}${chunk}`.split('\n')
        // A line cut by the kill is no acknowledgement.
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const verdict: Verdict = JSON.parse(line)
          verdicts.push(verdict)
          heard(verdict)
        }
      })
      response.once('end', () => resolve(verdicts))
      response.once('error', reject)
      response.once('close', () => reject(new Error('cut')))
    })
    sent.once('error', reject)
    for (const fill of batch) sent.write(`${JSON.stringify(fill)}\n`)
    sent.end()
  })
}
