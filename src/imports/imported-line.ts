// A line of a file on its way into the ledger: what the bulk API will be sent, or why it cannot be sent.

export interface ImportProblem {
  /** Stable kebab-case. */
  readonly code: string
  /** The column or field it is about. */
  readonly field?: string
  readonly message: string
  readonly remedy: string
}

/** `line` counts the lines of the file from 1; `text` is one JSON object. */
export type ImportedLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly problem: ImportProblem }

/** The file as a whole cannot be read: nothing of it is sent. */
export class UnreadableFile extends Error {
  readonly problem: ImportProblem

  constructor(problem: ImportProblem) {
    super(problem.message)
    this.problem = problem
  }
}
