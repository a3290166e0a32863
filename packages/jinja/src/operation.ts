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

/** The value of `meta.page`, or of an index, in an element. */
export function readAttribute(item: unknown, attribute: string | number, run: Run): unknown {
  return attributeParts(attribute).reduce<unknown>(
    (inner, part) => run.environment.item(inner, part, run),
    item,
  )
}

/** `meta.page` as the names and numbers that are looked up one after the other. */
export function attributeParts(attribute: string | number): (string | number)[] {
  if (typeof attribute === 'number') return [attribute]
  return attribute.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** The table with further names for some of its entries. */
export function withAliases(
  table: Map<string, Operation>,
  aliases: Readonly<Record<string, string>>,
): Map<string, Operation> {
  for (const [alias, name] of Object.entries(aliases)) table.set(alias, table.get(name) as Operation)
  return table
}
