import type { JsonObject } from '@millrace/core'
import type { LlamaCppError } from '../errors.ts'
import type { JsonRules } from './json-rules.ts'
import type { RuleBook } from './rule-book.ts'

/** What the rules of one kind of value need of the whole. */
export interface Compiling {
  readonly book: RuleBook
  readonly json: JsonRules
  readonly refuse: Refuse
  /** The rule for what fits a schema inside of the present one. `name` is what it is called if it is free. */
  value(schema: unknown, path: string, name: string): string
  /** What is wrong with a value of an enum, if there is more to it than the type. */
  fits(schema: JsonObject, value: unknown, path: string): boolean
}

/** Makes the error for the place in the schema and what is the matter there. */
export type Refuse = (path: string, what: string) => LlamaCppError
