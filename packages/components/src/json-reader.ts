import type { JsonObject, JsonValue } from '@millrace/core'
import { checkSchema } from '@millrace/core/component'
import { ComponentsError } from './errors.ts'

/** What a text stands for, or what is wrong with it, in sentences that a model can act on. */
export type ReadJson =
  | { readonly data: JsonValue; readonly problems?: undefined }
  | { readonly problems: readonly string[] }

/** Reads what models write as JSON: by a schema, and with a code fence around it or without. */
export class JsonReader {
  readonly #schema: JsonObject | undefined

  /**
   * @param option - the parameter that has the schema
   * @throws ComponentsError `SCHEMA_INVALID`
   */
  constructor(schema: JsonObject | undefined, option: string) {
    this.#schema = schema
    if (schema === undefined) return
    try {
      checkSchema(schema, null)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ComponentsError('SCHEMA_INVALID', `'${option}' is not a JSON Schema: ${reason}.`, {
        option,
        cause,
      })
    }
  }

  /** @param wasCutOff - whether the model reached its limit of tokens, which explains much */
  read(text: string, wasCutOff = false): ReadJson {
    const hint = wasCutOff ? ' The reply was cut off at its limit of tokens.' : ''
    let data: JsonValue
    try {
      data = JSON.parse(withoutFence(text)) as JsonValue
    } catch (error) {
      const reason =
        text.trim() === '' ? 'it is empty' : error instanceof Error ? error.message : String(error)
      return { problems: [`The text is not JSON: ${reason.replace(/\.$/, '')}.${hint}`] }
    }
    const problems = this.#schema === undefined ? [] : checkSchema(this.#schema, data)
    if (problems.length === 0) return { data }
    return {
      problems: problems.map(({ path, message }) =>
        path.length === 0 ? message : `${path.join('.')}: ${message}`,
      ),
    }
  }
}

/** Many models write a code block where JSON alone was asked for. Only one around the whole text is taken off. */
function withoutFence(text: string): string {
  const trimmed = text.trim()
  const begin = /^```(?:json)?[ \t]*\r?\n/i.exec(trimmed)
  return begin && trimmed.endsWith('```') ? trimmed.slice(begin[0].length, -3) : trimmed
}
