// What can be set on the EventStoreDB adapter: where the server is, and how patient to be with it.

export interface EventStoreDbOptions {
  /** `esdb://host:2113?tls=false`, `esdb+discover://user:password@cluster:2113`, or several hosts with commas between; `kurrentdb:` is the same. */
  readonly connectionString: string
  /**
   * How long one attempt of an append may take, and how long a read may be silent before it is taken up anew.
   * The server gives up a write after 2 s by itself, so less than that only adds doubt.
   */
  readonly attemptMs?: number
  /** How long an append may take in all, with repeats and reading back, before its outcome is declared unknown. */
  readonly appendMs?: number
  /** How long a read may make no progress, over all its repeats, before it fails. */
  readonly readMs?: number
  /** How long to wait for the server when opening. */
  readonly openMs?: number
  /** After so long without a word, a subscription is checked against the log and renewed if it has missed something. */
  readonly silenceMs?: number
  /** Pauses between repeats start with the first and double up to the most. */
  readonly pauseMs?: { readonly first: number; readonly most: number }
  /** Hears of every repeat and renewal: what an operator should see in the log, and a metric may count. */
  readonly onWarning?: (warning: StoreWarning) => void
}

export interface StoreWarning {
  /** kebab-case and stable. */
  readonly code: 'append-repeated' | 'read-repeated' | 'subscription-renewed' | 'subscription-stalled' | 'open-repeated'
  readonly message: string
}

export type Settings = Required<EventStoreDbOptions>

export function settingsOf(options: EventStoreDbOptions): Settings {
  const defaults = { attemptMs: 5_000, appendMs: 20_000, readMs: 20_000, openMs: 30_000, silenceMs: 30_000 }
  return { ...defaults, pauseMs: { first: 50, most: 5_000 }, onWarning: () => {}, ...options }
}
