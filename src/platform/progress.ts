// Progress bars for whatever takes longer than a second, on a terminal; silence everywhere else.
import { type GenericFormatter, type Options, SingleBar } from 'cli-progress'

export interface Progress {
  /** Moves on by that many. */
  advance(by?: number): void
  /** Moves to that many done. */
  reach(done: number): void
  /** The amount of work turned out to be another. */
  resize(total: number): void
  /** Leaves the bar as it stands and the line ended; nothing is drawn afterwards. */
  finish(): void
}

export interface ProgressOptions {
  /** What is being done, as a few words: "replaying". */
  readonly label: string
  /** Amount of work, in `unit`; undefined while unknown, then only the count is shown. */
  readonly total?: number | undefined
  /** What is counted: "events". */
  readonly unit: string
  /** True under --json and the like. */
  readonly silent?: boolean
  readonly stream?: NodeJS.WriteStream
}

/** A bar for work that ends sooner would only flicker. */
const PATIENCE_MS = 1_000
const FRAMES_PER_SECOND = 8
const BAR_WIDTH = 30

/** A bar on stderr that appears once the work has taken a second; a no-op when silent or not on a terminal. */
export function startProgress(options: ProgressOptions): Progress {
  const stream = options.stream ?? process.stderr
  if (options.silent === true || stream.isTTY !== true) return QUIET

  let { total } = options
  let done = 0
  let finished = false
  let bar: SingleBar | undefined
  const startedAt = Date.now()
  const draw = () => {
    bar = new SingleBar({ ...LOOK, stream, format: formatOf(options, () => total) })
    bar.start(total ?? 0, done, { rate: '' })
  }
  const timer = setTimeout(draw, PATIENCE_MS)
  timer.unref()
  const show = () => {
    // A loop that never yields to the timer still gets its bar.
    if (bar === undefined && Date.now() - startedAt >= PATIENCE_MS && !finished) {
      clearTimeout(timer)
      draw()
    }
    bar?.update(done)
  }
  return {
    advance(by = 1) {
      done += by
      show()
    },
    reach(to) {
      done = to
      show()
    },
    resize(to) {
      total = to
      bar?.setTotal(to)
    },
    finish() {
      finished = true
      clearTimeout(timer)
      bar?.stop()
      bar = undefined
    },
  }
}

const QUIET: Progress = { advance: nothing, reach: nothing, resize: nothing, finish: nothing }

const LOOK: Options = {
  fps: FRAMES_PER_SECOND,
  hideCursor: true,
  etaBuffer: 100,
  gracefulExit: false, // signals are shutdown.ts's business
}

function formatOf({ label, unit }: ProgressOptions, total: () => number | undefined): GenericFormatter {
  return (_look, state) => {
    const seconds = (Date.now() - state.startTime + PATIENCE_MS) / 1000
    const rate = `${counted(state.value / Math.max(seconds, 0.001))} ${unit}/s`
    const size = total()
    if (size === undefined || size <= 0) return `${label}  ${counted(state.value)} ${unit}  ${rate}`
    const share = Math.min(1, state.value / size)
    const full = Math.round(share * BAR_WIDTH)
    const drawn = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full)
    const left = share > 0 ? Math.ceil((seconds / share) * (1 - share)) : undefined
    const eta = left === undefined ? '' : `  ${left} s left`
    return `${label}  ${drawn} ${String(Math.floor(share * 100)).padStart(3)} %  ${counted(state.value)}/${counted(size)} ${unit}  ${rate}${eta}`
  }
}

function counted(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function nothing(): void {}
