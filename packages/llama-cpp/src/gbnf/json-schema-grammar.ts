import { type GbnfOrigin, GbnfRules } from './gbnf-rules.ts'

/** The grammar of the JSON values that fit a schema. */
export function jsonSchemaGrammar(schema: unknown, path: string, origin: GbnfOrigin = {}): string {
  const rules = new GbnfRules(origin)
  return rules.text(rules.jsonValue(schema, path))
}
