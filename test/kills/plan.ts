// When what is killed, drawn from a seed: the same seed gives the same plan (the machine adds its own timing).
import type { Random } from '../../src/demo/random.ts'
import { type Victim, VICTIMS } from './quipu-process.ts'

export interface Moment {
  /** `start`: Quipu is killed under load and again while it starts. `both`: Quipu and PostgreSQL at once. */
  readonly kind: 'quipu' | 'start' | 'postgres' | 'both'
  readonly victim: Victim
  /** Picks one process of several. */
  readonly index: number
  /** Fresh lines of this round. */
  readonly supply: number
  /** The kill follows on so many acknowledged lines of the round ... */
  readonly afterLines: number
  /** ... and so many milliseconds; of a `start`, also so many percent of a usual start. */
  readonly jitterMs: number
  readonly startPercent: number
}

/** The embedded server's supervisor gives up after five deaths in a minute: more in a row would test only that. */
const POSTGRES_RUN_MAX = 4
const JITTER_MAX_MS = 15

/** 52 moments with 60 kills: 42 of Quipu under load and 4 while it starts, 14 of PostgreSQL. */
export function plan(random: Random): Moment[] {
  const kinds: Moment['kind'][] = [
    ...Array<Moment['kind']>(34).fill('quipu'),
    ...Array<Moment['kind']>(4).fill('start'),
    ...Array<Moment['kind']>(10).fill('postgres'),
    ...Array<Moment['kind']>(4).fill('both'),
  ]
  do shuffle(kinds, random)
  while (longestRun(kinds) > POSTGRES_RUN_MAX)
  return kinds.map((kind) => {
    const supply = random.whole(150, 900)
    return {
      kind,
      victim: random.pick(VICTIMS),
      index: random.whole(0, 1000),
      supply,
      afterLines: random.chance(0.15) ? 0 : random.whole(1, Math.floor(supply / 2)),
      jitterMs: random.whole(0, JITTER_MAX_MS),
      startPercent: random.whole(10, 95),
    }
  })
}

function shuffle(kinds: Moment['kind'][], random: Random): void {
  for (let i = kinds.length - 1; i > 0; i--) {
    const j = random.whole(0, i)
    ;[kinds[i], kinds[j]] = [kinds[j] ?? 'quipu', kinds[i] ?? 'quipu']
  }
}

/** The most deaths of PostgreSQL that one Quipu sees. */
function longestRun(kinds: readonly Moment['kind'][]): number {
  let [run, longest] = [0, 0]
  for (const kind of kinds) {
    run = kind === 'postgres' ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
