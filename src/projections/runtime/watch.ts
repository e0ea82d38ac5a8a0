// Who wants to hear that lanes moved: live updates, and reads that wait for their own write.

/** A lane moved to a position; the axis (projection `units`) moves when units have been handed out. */
export interface Applied {
  readonly generation: number
  readonly projection: string
  /** Empty for shared tables. */
  readonly portfolio: string
  readonly position: bigint
}

export type AppliedListener = (applied: Applied) => void

export class Watch {
  readonly #listeners = new Set<AppliedListener>()

  /** Calls back after every commit of a lane; answers with how to stop that. */
  on(listener: AppliedListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(applied: Applied): void {
    for (const listener of [...this.#listeners]) listener(applied)
  }

  /** Waits until the condition holds, looking after every move; false when it did not within the time. */
  until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const finish = (held: boolean) => {
        clearTimeout(timer)
        off()
        resolve(held)
      }
      const timer = setTimeout(() => finish(holds()), timeoutMs)
      const off = this.on(() => {
        if (holds()) finish(true)
      })
    })
  }
}
