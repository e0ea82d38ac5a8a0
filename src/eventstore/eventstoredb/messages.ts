// One streaming call of the client, read with an end to silence and without leaving the call open behind.

import { Readable } from 'node:stream'

/** The server has not said a word for too long. */
export class Silence extends Error {}

/** What the client's reads and subscriptions have in common. */
export interface StreamingCall<T> extends AsyncIterable<T> {
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: string, listener: (...args: unknown[]) => void): unknown
  destroy(error?: Error): unknown
}

/**
 * The messages of a call in order, until it ends or `signal` is given. When it has waited for `silenceMs`, `isDead` is asked;
 * a call that is dead ends with Silence. Time that the reader takes for itself does not count.
 * @param hangUp cancels the call; always called, since the client leaves a call open when its stream is merely dropped.
 */
export async function* messages<T>(
  call: StreamingCall<T>,
  hangUp: () => Promise<void>,
  signal: AbortSignal,
  silenceMs: number,
  isDead: () => Promise<boolean> = async () => true,
): AsyncGenerator<T> {
  let over = false
  let heard = 0
  let waitingSince: number | undefined
  // The client emits errors for as long as the call lives, also when nobody reads any more; unheard they end the process.
  call.on('error', () => {})
  // The gRPC stream beneath. The client keeps it in a list until it has been read to its end or destroyed, which it does
  // not do itself: each read broken off early would stay in memory.
  let source: Readable | undefined
  call.once('pipe', (stream) => {
    if (!(stream instanceof Readable)) return
    source = stream
    if (over) stream.destroy()
  })
  const stop = () => call.destroy()
  const watch = setInterval(async () => {
    if (waitingSince === undefined || performance.now() - waitingSince < silenceMs) return
    waitingSince = performance.now()
    const before = heard
    const dead = await isDead().catch(() => true)
    // It may have spoken while the question was being answered.
    if (dead && heard === before) call.destroy(new Silence(`not a word for ${silenceMs} ms`))
  }, silenceMs / 4)
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) return
    const iterator = call[Symbol.asyncIterator]()
    for (;;) {
      waitingSince = performance.now()
      const next = await iterator.next()
      waitingSince = undefined
      heard += 1
      if (signal.aborted || next.done) return
      yield next.value
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearInterval(watch)
    signal.removeEventListener('abort', stop)
    over = true
    call.destroy()
    // Not waited for: it waits itself until the call has begun, which may be never.
    hangUp().catch(() => {})
    source?.destroy()
  }
}
