// What a golden folder is to the harness: named cases, each run through the product's front door and compared with printed figures.
import type { TestLedger } from '../support/ledger.ts'

/** Reads the files of one folder. */
export interface FolderFiles {
  /** The parsed JSON of a file; state its shape as the type parameter. */
  json<T>(file: string): T
  text(file: string): string
}

/** Why the product's figure is another one: its rule, and where that rule is written. Such a case counts as not passed. */
export interface Differs {
  readonly differs: string
  readonly citation: string
}

export interface GoldenCase {
  /** As in the source: its id, its test, or what is asked. */
  readonly name: string
  /** How many printed figures it compares; 1 unless stated. */
  readonly figures?: number
  /** Returns when every figure is as printed, throws (any error) when one is not. */
  run(door: Door): Promise<Differs | undefined>
}

export interface GoldenFolder {
  /** The folder's name in ../shared/golden. */
  readonly folder: string
  cases(files: FolderFiles): readonly GoldenCase[]
}

/** The product as one case sees it: a whole Quipu that it shares with all other cases, and names that are its own. */
export class Door {
  readonly ledger: TestLedger
  readonly #prefix: string

  constructor(ledger: TestLedger, prefix: string) {
    this.ledger = ledger
    this.#prefix = prefix
  }

  /** An id that no other case uses, for portfolios, instruments, owners: `id('PF')`. */
  id(name: string): string {
    return `${this.#prefix}-${name}`
  }

  /** The rows of a read, after everything this case has written. */
  rows(url: string) {
    return this.ledger.rows(url)
  }

  /** A command that must be accepted. */
  record(url: string, body: unknown) {
    return this.ledger.record(url, body)
  }

  /** The refusal's code of a command that must be refused. */
  async refused(url: string, body: unknown): Promise<string> {
    const reply = await this.ledger.request('POST', url, body)
    if (reply.status < 400) throw new Error(`${url} was accepted; a refusal was expected: ${reply.text}`)
    return String(reply.body.code)
  }

  /** A computation: POST that records nothing, or GET; answers the body. */
  async ask(method: 'GET' | 'POST', url: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const reply = await this.ledger.request(method, url, body)
    if (reply.status !== 200) throw new Error(`${url} answered ${reply.status}: ${reply.text}`)
    return reply.body
  }
}
