// One step of the demo: a request the ledger receives, as an OMS, a data vendor or an operations desk would send it.

export type DemoStepKind =
  | 'owner'
  | 'owner-link'
  | 'instrument'
  | 'portfolio'
  | 'activity'
  | 'rates'
  | 'prices'
  | 'day-closed'
  | 'action'
  | 'action-amended'
  | 'action-cancelled'
  | 'transfer'
  | 'block'
  | 'block-execution'
  | 'block-allocation'
  | 'seal'

export interface DemoStep {
  readonly kind: DemoStepKind
  /** What a person reads on the progress bar. */
  readonly label: string
  /** Simulated day on which it is sent. */
  readonly date: string
  /** What the path names: the portfolio, instrument or block it is about. */
  readonly subject: string
  /** One body; absent for `activity`. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Lines of bulk activity of one portfolio. */
  readonly lines?: readonly Readonly<Record<string, unknown>>[]
  /** The same at every replay, so that a second start repeats nothing. */
  readonly key: string
}
