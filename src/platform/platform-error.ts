// The one shape of failure the platform layer raises: a stable code, what it is about, and what to do.

export interface PlatformErrorDetail {
  /** The setting, file or folder the failure is about. */
  readonly field?: string
  /** One sentence telling the operator what to do. */
  readonly remedy: string
  readonly cause?: unknown
}

/** `code` is stable and kebab-case; `message` says what happened; `remedy` says what to do about it. */
export class PlatformError extends Error {
  readonly code: string
  readonly field: string | undefined
  readonly remedy: string

  constructor(code: string, message: string, detail: PlatformErrorDetail) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'PlatformError'
    this.code = code
    this.field = detail.field
    this.remedy = detail.remedy
  }
}
