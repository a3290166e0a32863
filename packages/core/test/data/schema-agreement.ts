import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject } from '../../src/json.ts'

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true })

/** Runs one table of values through a JSON Schema and through the hand-written check. */
export function testSchemaAgreement(
  schema: JsonObject,
  is: (value: unknown) => boolean,
  table: { readonly good: readonly unknown[]; readonly bad: readonly unknown[] },
): void {
  const validate = ajv.compile(schema)
  const notObjects = [null, 1, 'text', true, [], {}]
  const rows = (values: readonly unknown[]) => values.map((value) => [shorten(value), value] as const)

  describe('the schema and the check agree', () => {
    test.each(rows(table.good))('to accept %s', (_, value) => {
      expect({ schema: validate(value), check: is(value) }).toEqual({ schema: true, check: true })
    })
    test.each(rows([...table.bad, ...notObjects]))('to refuse %s', (_, value) => {
      expect({ schema: validate(value), check: is(value) }).toEqual({ schema: false, check: false })
    })
  })
}

function shorten(value: unknown): string {
  return JSON.stringify(value).slice(0, 150)
}
