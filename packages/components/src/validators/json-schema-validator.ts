import {
  ChatMessage,
  type Component,
  type JsonObject,
  type JsonValue,
  type OptionalSocket,
  type Socket,
  t,
} from '@millrace/core'
import { listNames, readParameters, shorten } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { JsonReader } from '../json-reader.ts'
import { PromptTemplate } from '../templates/prompt-template.ts'

export interface JsonSchemaValidatorParameters {
  /** The JSON Schema that the reply must fit. */
  readonly jsonSchema: JsonObject
  /**
   * A Jinja template of what the model is answered. It sees `problems`, a list of sentences, the text `reply`,
   * `schema`, and the messages of the `conversation`.
   *
   * @defaultValue a list of the problems, and the request for the corrected JSON alone
   */
  readonly errorTemplate?: string
  /**
   * The run fails when that many replies were wrong. They are counted in the input `conversation`, which is mandatory
   * then.
   *
   * @defaultValue no limit but the `maxRunsPerComponent` of the pipeline
   */
  readonly maxAttempts?: number
}

interface Inputs {
  readonly messages: readonly ChatMessage[]
  readonly conversation?: readonly ChatMessage[]
}

const defaultTemplate = `This is not the JSON that was asked for:
{% for problem in problems %}
- {{ problem }}
{%- endfor %}

Answer with the corrected JSON and nothing else.`

const variables = ['problems', 'reply', 'schema', 'conversation']

/**
 * Checks the reply of a model against a JSON Schema. A right one leaves as `validated`, and as `data`, what it stands for;
 * a wrong one as `errors`: the conversation, the reply, and a user message that says what is wrong. Connected back to the
 * model, that is a loop which repairs the reply.
 *
 * It keeps nothing between its visits: how many attempts there were is in the `meta` of the messages that it makes.
 *
 * @example
 * const validator = new JsonSchemaValidator({ jsonSchema: { type: 'object', required: ['name'] } })
 * validator.run({ messages: [ChatMessage.assistant('{"name": "Nina"}')] }).data // { name: 'Nina' }
 */
export class JsonSchemaValidator implements Component {
  static readonly type = 'JsonSchemaValidator'
  static readonly description =
    'Checks the reply of a model against a JSON Schema, and tells the model what is wrong.'
  static readonly parameters = t.object({
    /** The JSON Schema that the reply must fit. */
    jsonSchema: t.record(t.json(), { description: 'The JSON Schema that the reply must fit.' }),
    /**
     * A Jinja template of what the model is answered. It sees `problems`, a list of sentences, the text `reply`,
     * `schema`, and the messages of the `conversation`.
     */
    errorTemplate: t.optional(t.string(), {
      description:
        'A Jinja template of what the model is answered. It sees `problems`, a list of sentences, the text `reply`, `schema`, and the messages of the `conversation`.',
    }),
    /**
     * The run fails when that many replies were wrong. They are counted in the input `conversation`, which is
     * mandatory then.
     */
    maxAttempts: t.optional(t.integer({ minimum: 1 }), {
      description:
        'The run fails when that many replies were wrong. They are counted in the input `conversation`, which is mandatory then.',
    }),
  })

  readonly initParameters: JsonSchemaValidatorParameters
  readonly inputs: {
    /** The reply of a model, or a whole conversation that ends with it. The last one is checked. */
    readonly messages: Socket<readonly ChatMessage[]>
    /** What stands before `messages`. For the output `errors`, and to count attempts. */
    readonly conversation: OptionalSocket<readonly ChatMessage[]>
  }
  readonly outputs = {
    /** The messages as they came, when the last one is right. */
    validated: t.optional(t.array(t.message()), {
      description: 'The messages as they came, when the last one is right.',
    }),
    /** What the last message stands for, when it is right. */
    data: t.optional(t.json(), { description: 'What the last message stands for, when it is right.' }),
    /**
     * For the model to try again: conversation, messages, and what is wrong with the last one. Left out when it is
     * right.
     */
    errors: t.optional(t.array(t.message()), {
      description:
        'For the model to try again: conversation, messages, and what is wrong with the last one. Left out when it is right.',
    }),
  }
  readonly #reader: JsonReader
  readonly #template: PromptTemplate

  /** @throws ComponentsError `SCHEMA_INVALID`, `TEMPLATE_SYNTAX`, `TEMPLATE_FORBIDDEN` or `TEMPLATE_VARIABLE_UNKNOWN` */
  constructor(given: JsonSchemaValidatorParameters) {
    const parameters = readParameters(JsonSchemaValidator, given)
    this.initParameters = parameters
    this.#reader = new JsonReader(parameters.jsonSchema, 'jsonSchema')
    this.#template = new PromptTemplate(parameters.errorTemplate ?? defaultTemplate, 'errorTemplate')
    const stranger = this.#template.template.variables.find((name) => !variables.includes(name))
    if (stranger !== undefined) {
      throw new ComponentsError(
        'TEMPLATE_VARIABLE_UNKNOWN',
        `'errorTemplate' reads '${stranger}', which it is not given. Variables: ${listNames(variables)}.`,
        { option: 'errorTemplate' },
      )
    }
    const conversation = t.array(t.message(), {
      description: 'What stands before `messages`. For the output `errors`, and to count attempts.',
    })
    this.inputs = {
      /** The reply of a model, or a whole conversation that ends with it. The last one is checked. */
      messages: t.array(t.message(), {
        minItems: 1,
        description:
          'The reply of a model, or a whole conversation that ends with it. The last one is checked.',
      }),
      conversation:
        parameters.maxAttempts === undefined
          ? t.optional(conversation)
          : (conversation as OptionalSocket<readonly ChatMessage[]>),
    }
  }

  /** @throws ComponentsError `JSON_INVALID` after `maxAttempts` wrong replies, or without a message */
  run({ messages, conversation = [] }: Inputs): {
    readonly validated?: readonly ChatMessage[]
    readonly data?: JsonValue
    readonly errors?: readonly ChatMessage[]
  } {
    const last = messages.at(-1)
    if (last === undefined) {
      throw new ComponentsError('JSON_INVALID', "JsonSchemaValidator was given no message in 'messages'.")
    }
    const reply = ChatMessage.texts(last).join('')
    const read = this.#reader.read(reply, last.meta?.['finishReason'] === 'length')
    if (read.problems === undefined) return { validated: messages, data: read.data }
    const before = [...conversation, ...messages]
    const attempt = attemptsIn(before) + 1
    const { maxAttempts, jsonSchema } = this.initParameters
    if (maxAttempts !== undefined && attempt >= maxAttempts) {
      throw new ComponentsError(
        'JSON_INVALID',
        `The model gave no JSON that fits the schema in ${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}. What is wrong with the last reply:\n${read.problems.join('\n')}\nThe reply: ${shorten(reply, 500)}`,
      )
    }
    const text = this.#template.render({
      problems: read.problems,
      reply,
      schema: jsonSchema,
      conversation: before,
    })
    return { errors: [...before, ChatMessage.user(text, { meta: { attempt } })] }
  }
}

/** How many replies were wrong since somebody else asked, by what this component wrote below the last one. */
function attemptsIn(messages: readonly ChatMessage[]): number {
  const attempt = messages.findLast(({ role }) => role === 'user')?.meta?.['attempt']
  return typeof attempt === 'number' ? attempt : 0
}
