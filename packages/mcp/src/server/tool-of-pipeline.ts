import { ChatMessage, type SocketType } from '@millrace/core'
import { inputsSchema } from '@millrace/core/component'
import type { Tool } from '@modelcontextprotocol/sdk/types.js'
import { answersOf, argumentsOf, type ServedPipeline } from './served-pipeline.ts'

type Schema = Readonly<Record<string, unknown>>

const conversation: Schema = {
  anyOf: [
    { type: 'string' },
    {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          role: { enum: ['system', 'user', 'assistant', 'tool'] },
          content: { type: 'string' },
        },
        required: ['role', 'content'],
      },
    },
  ],
}

/** A pipeline as MCP lists tools. Of messages a client gives texts and gets texts. */
export function toolOfPipeline({ name, title, description, pipeline }: ServedPipeline): Tool {
  const given = argumentsOf(pipeline).flatMap(({ inputs }) => inputs)
  const answers = answersOf(pipeline)
  return {
    name,
    ...(title === undefined ? {} : { title }),
    description,
    inputSchema: inputsSchema(given, ({ type, schema }) =>
      messageKind(type) === undefined ? schema : conversation,
    ) as Tool['inputSchema'],
    // A branch that is not taken gives nothing: none is required.
    outputSchema: {
      type: 'object',
      properties: Object.fromEntries(answers.map((output) => [output.name, answerSchema(output)])),
    },
  }
}

function answerSchema({ type, schema, description }: ReturnType<typeof answersOf>[number]): object {
  const kind = messageKind(type)
  const texts = kind === 'one' ? { type: 'string' } : { type: 'array', items: { type: 'string' } }
  return { ...(kind === undefined ? schema : texts), ...(description === undefined ? {} : { description }) }
}

/** Whether a type is a message, or a list of messages; also one that takes a text in place of them. */
function messageKind(type: SocketType): 'one' | 'list' | undefined {
  if (type.kind === 'named' && type.name === 'ChatMessage') return 'one'
  if (type.kind === 'union') {
    const others = type.members.filter(({ kind }) => kind !== 'string')
    return others.length === 1 ? messageKind(others[0] as SocketType) : undefined
  }
  return type.kind === 'array' && messageKind(type.items) === 'one' ? 'list' : undefined
}

/** A value as the client gets it: a message is its text, and what has no JSON is left out. */
export function answerValue(type: SocketType, value: unknown): unknown {
  const kind = messageKind(type)
  if (kind !== undefined && ChatMessage.is(value)) return messageText(value)
  if (kind === 'list' && Array.isArray(value)) return value.map(messageText)
  const text = JSON.stringify(value)
  return text === undefined ? undefined : JSON.parse(text)
}

function messageText(message: ChatMessage): string {
  const calls = ChatMessage.toolCalls(message).map(
    ({ name, arguments: given }) => `${name}(${JSON.stringify(given)})`,
  )
  const results = ChatMessage.toolCallResults(message).map(({ result }) =>
    typeof result === 'string' ? result : JSON.stringify(result),
  )
  return [ChatMessage.text(message) ?? '', ...calls, ...results].filter((text) => text !== '').join('\n')
}
