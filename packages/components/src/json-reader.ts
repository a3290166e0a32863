import type { JsonObject, JsonValue } from '@millrace/core'
import { checkSchema, formatPath, messageOf, misspeltKeyword } from '@millrace/core/component'
import { ComponentsError } from './errors.ts'
import { lossesIn } from './json-losses.ts'

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
      throw new ComponentsError(
        'SCHEMA_INVALID',
        `'${option}' cannot be used as a JSON Schema: ${messageOf(cause)}.`,
        { option, cause },
      )
    }
    const slip = misspeltKeyword(schema)
    if (slip === undefined) return
    const place = formatPath([option, ...slip.path])
    throw new ComponentsError(
      'SCHEMA_INVALID',
      `'${place}' has '${slip.keyword}', which is not a keyword of JSON Schema and would be ignored. Did you mean '${slip.meant}'?`,
      { option: formatPath([option, ...slip.path, slip.keyword]) },
    )
  }

  /** @param wasCutOff - whether the model reached its limit of tokens, which explains much */
  read(text: string, wasCutOff = false): ReadJson {
    const hint = wasCutOff ? ' The reply was cut off at its limit of tokens.' : ''
    const json = withoutFence(text)
    let data: JsonValue
    try {
      data = JSON.parse(json) as JsonValue
    } catch (error) {
      const reason = text.trim() === '' ? 'it is empty' : messageOf(error)
      return { problems: [`The text is not JSON: ${reason.replace(/\.$/, '')}.${hint}`] }
    }
    const losses = lossesIn(json)
    if (losses.length > 0) return { problems: losses }
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
