import type { Operation, Run } from './run.ts'
import { signature } from './signature.ts'

/** Filters or tests as a table: parameters as `signature` reads them, and what happens with the value in front. */
export type Rows = Readonly<
  Record<
    string,
    readonly [
      parameters: string,
      // biome-ignore lint/suspicious/noExplicitAny: each row knows the types that its parameters declare.
      apply: (run: Run, value: any, ...values: any[]) => unknown,
    ]
  >
>

export function defineOperations(rows: Rows): Map<string, Operation> {
  return new Map(
    Object.entries(rows).map(([name, [parameters, apply]]) => [
      name,
      { signature: signature(parameters), apply: (run, value, values) => apply(run, value, ...values) },
    ]),
  )
}
