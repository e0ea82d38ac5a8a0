// The HTTP API as the command line uses it: JSON in and out, problems turned into CliError, pages followed to the end.
import type { Progress } from '../platform/progress.ts'
import { CliError, EXIT } from './cli-error.ts'

export type Query = Readonly<Record<string, string | number | undefined>>
export type Row = Readonly<Record<string, unknown>>

/** What every read answers (see docs/api). */
export interface ReadAnswer {
  readonly rows: readonly Row[]
  readonly next: string | null
  readonly at: Row
}

export interface ApiClientOptions {
  readonly url: string
  readonly token: string | undefined
}

/** Rows asked for at a time: the API's most. */
const PAGE_ROWS = 1000

export class ApiClient {
  readonly url: string
  readonly #token: string | undefined

  constructor({ url, token }: ApiClientOptions) {
    this.url = url.replace(/\/+$/, '')
    this.#token = token
  }

  get(path: string, query: Query = {}): Promise<unknown> {
    return this.#json('GET', path, query)
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.#json('POST', path, {}, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
  }

  /** Sends lines of NDJSON and answers the verdict on each. */
  async lines(
    path: string,
    lines: readonly unknown[],
    query: Query = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Row[]> {
    const body = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
    const response = await this.#send('POST', path, query, body, { 'content-type': 'application/x-ndjson', ...headers })
    const text = await response.text()
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => asRow(JSON.parse(line)))
  }

  /** All pages of a read, or as many as `most` rows take. */
  async all(
    path: string,
    query: Query = {},
    most = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly rows: readonly Row[]; readonly at: Row }> {
    const rows: Row[] = []
    let cursor: string | undefined
    for (;;) {
      const page = asAnswer(await this.get(path, { limit: Math.min(PAGE_ROWS, most - rows.length), ...query, cursor }))
      rows.push(...page.rows)
      if (page.next === null || rows.length >= most) return { rows, at: page.at }
      cursor = page.next
    }
  }

  /** A long piece of work that answers with lines of progress and, last, its result. */
  async progressed(path: string, bar: Progress): Promise<Row> {
    const response = await this.#send('POST', path, {}, undefined, {})
    let rest = ''
    try {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
        rest = parts.pop() ?? ''
        for (const part of parts) {
          const line = asRow(JSON.parse(part))
          if (line.result !== undefined) return asRow(line.result)
          if (line.problem !== undefined) throw problemOf(response.status, JSON.stringify(line.problem))
          const { total, done } = asRow(line.progress)
          bar.resize(Number(total))
          bar.reach(Number(done))
        }
      }
    } finally {
      bar.finish()
    }
    throw new CliError('unexpected-answer', 'the server stopped before it was done', {
      remedy: 'look at its log, then ask again',
    })
  }

  async #json(
    method: string,
    path: string,
    query: Query,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const response = await this.#send(method, path, query, body, headers)
    return response.json()
  }

  async #send(
    method: string,
    path: string,
    query: Query,
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as const],
    )
    const search = new URLSearchParams(Object.fromEntries(given)).toString()
    const response = await this.#reach(`${this.url}${path}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: {
        accept: 'application/json, application/x-ndjson, application/problem+json',
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    if (response.ok) return response
    throw problemOf(response.status, await response.text())
  }

  async #reach(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init)
    } catch (error) {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new CliError('server-unreachable', `no answer from ${this.url}: ${why}`, {
        remedy: 'start it with `quipu serve`, or name another with --url',
        status: EXIT.unreachable,
      })
    }
  }
}

function problemOf(status: number, text: string): CliError {
  let problem: Row = {}
  try {
    problem = asRow(JSON.parse(text))
  } catch {
    // Not a problem of ours: a proxy's page, perhaps. Its status is all there is.
  }
  const word = (name: string): string | undefined => (typeof problem[name] === 'string' ? problem[name] : undefined)
  return new CliError(
    word('code') ?? `http-${status}`,
    word('detail') ?? word('title') ?? `the server answered ${status}`,
    {
      field: word('field'),
      remedy: word('remedy'),
    },
  )
}

export function asRow(value: unknown): Row {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new CliError('unexpected-answer', `the server answered ${JSON.stringify(value)?.slice(0, 100)}`)
}

function asAnswer(value: unknown): ReadAnswer {
  const answer = asRow(value)
  if (!Array.isArray(answer.rows)) throw new CliError('unexpected-answer', 'the server answered no rows')
  return {
    rows: answer.rows.map(asRow),
    next: typeof answer.next === 'string' ? answer.next : null,
    at: typeof answer.at === 'object' && answer.at !== null ? asRow(answer.at) : {},
  }
}
