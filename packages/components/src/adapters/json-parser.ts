import {
  ChatMessage,
  type Component,
  type JsonObject,
  type JsonValue,
  type OptionalSocket,
  type Socket,
  t,
} from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { JsonReader } from '../json-reader.ts'

export interface JsonParserParameters {
  /**
   * The JSON Schema that the data must fit.
   *
   * @defaultValue any JSON will do
   */
  readonly jsonSchema?: JsonObject
  /**
   * Whether a text that is not right fails the run. Otherwise it gives the output `error`.
   *
   * @defaultValue true
   */
  readonly raiseOnFailure?: boolean
}

/**
 * Makes data of a text or message that is JSON, such as the reply of a model: `data` has the fields for the next prompt.
 * A code fence around the whole text is taken off; nothing else is mended or guessed. What data cannot keep is not right
 * either: two equal keys in one object, a whole number with more digits than a double has, and one such as `1e999`.
 *
 * With `raiseOnFailure: false` a text that is not right gives `error` in place of `data`: what is wrong, for a prompt that
 * asks the model again. `JsonSchemaValidator` makes messages of it, and counts the attempts.
 *
 * @example
 * const parser = new JsonParser({ jsonSchema: { type: 'object', required: ['name'] } })
 * parser.run({ text: '{"name": "Nina"}' }).data // { name: 'Nina' }
 */
export class JsonParser implements Component {
  static readonly type = 'JsonParser'
  static readonly description = 'Makes data of a text or message that is JSON, by a schema.'
  static readonly parameters = t.object({
    /** The JSON Schema that the data must fit. */
    jsonSchema: t.optional(t.record(t.json()), { description: 'The JSON Schema that the data must fit.' }),
    /** Whether a text that is not right fails the run. Otherwise it gives the output `error`. */
    raiseOnFailure: t.boolean({
      default: true,
      description: 'Whether a text that is not right fails the run. Otherwise it gives the output `error`.',
    }),
  })

  readonly initParameters: JsonParserParameters
  readonly inputs = {
    /** The JSON, as a text or as the text of a message. */
    text: t.described(t.union(t.string(), t.message()), 'The JSON, as a text or as the text of a message.'),
  }
  readonly outputs: {
    /** What the text stands for. */
    readonly data: OptionalSocket<JsonValue>
    /** What is wrong with the text, in place of `data`. */
    readonly error: OptionalSocket<string>
  }
  readonly #reader: JsonReader

  /** @throws ComponentsError `SCHEMA_INVALID` */
  constructor(given: JsonParserParameters = {}) {
    const parameters = readParameters(JsonParser, given)
    this.initParameters = parameters
    this.#reader = new JsonReader(parameters.jsonSchema, 'jsonSchema')
    const data: Socket<JsonValue> = t.json({ description: 'What the text stands for.' })
    const error = t.string({ description: 'What is wrong with the text, in place of `data`.' })
    const outputs =
      parameters.raiseOnFailure === false ? { data: t.optional(data), error: t.optional(error) } : { data }
    this.outputs = outputs as JsonParser['outputs']
  }

  /** @throws ComponentsError `JSON_INVALID`, unless `raiseOnFailure` is false */
  run({ text }: { readonly text: string | ChatMessage }): {
    readonly data?: JsonValue
    readonly error?: string
  } {
    const read =
      typeof text === 'string'
        ? this.#reader.read(text)
        : this.#reader.read(ChatMessage.texts(text).join(''), text.meta?.['finishReason'] === 'length')
    if (read.problems === undefined) return { data: read.data }
    const error = read.problems.join('\n')
    if (this.initParameters.raiseOnFailure === false) return { error }
    throw new ComponentsError('JSON_INVALID', `The text is not the JSON that was asked for:\n${error}`)
  }
}
