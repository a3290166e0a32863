import { type Components, MillraceError, type Pipeline, type Socket } from '@millrace/core'
import {
  type Connection,
  type Conversion,
  checkConnection,
  Graph,
  heldParts,
  listNames,
  typeName,
} from '@millrace/core/component'

interface ConversionWords {
  /** What becomes of a value. */
  readonly how: string
  /** The value with which the run fails, where there is one. */
  readonly fails?: string
}

const notOne = 'A list that does not hold exactly one'
const noText = 'A message without a text, or with more than text,'

/** What each conversion does. */
export const conversionWords: { readonly [Name in Conversion['name']]: ConversionWords } = {
  wrap: { how: 'in a list of one' },
  unwrap: { how: 'the one element of the list', fails: notOne },
  messageToText: { how: 'the text of the message', fails: noText },
  textToMessage: { how: 'as a user message' },
  messageToTexts: { how: 'the text of the message, in a list of one', fails: noText },
  textToMessages: { how: 'as a user message, in a list of one' },
  onlyMessageToText: {
    how: 'the text of the one message in the list',
    fails: `${notOne}, or a message without a text or with more than text,`,
  },
  onlyTextToMessage: { how: 'the one text in the list, as a user message', fails: notOne },
}

/**
 * Whether, and how, values would get from one socket to another, in words. Connects nothing; for a connection that is
 * impossible it returns the reason.
 *
 * @example
 * explainConnection(pipeline, 'prompt.prompt', 'llm.messages')
 */
export function explainConnection<C extends Components>(
  pipeline: Pipeline<C>,
  from: string,
  to: string,
): string {
  const connections = pipeline.connections()
  const others = connections
    .filter(({ receiver }) => pathOf(receiver) === to)
    .map(({ sender }) => pathOf(sender))
  const present = connections.find(
    ({ sender, receiver }) => pathOf(sender) === from && pathOf(receiver) === to,
  )
  try {
    // Undefined only for a connection that is present.
    const connection = present ?? (checkConnection(graphOf(pipeline), from, to) as Connection)
    const how = howValuesPass(pipeline, connection)
    return present
      ? `They are connected. ${how}`
      : [how, ...whatElseComes(pipeline, connection, others)].join(' ')
  } catch (error) {
    if (MillraceError.isInstance(error)) return error.message
    throw error
  }
}

/** A copy: also of a pipeline that is not complete, for which there is no plan. */
function graphOf(pipeline: Pipeline): Graph {
  const graph = new Graph()
  for (const name of pipeline.names()) {
    const component = pipeline.get(name)
    graph.add({ name, component, policy: {}, held: heldParts(component) })
  }
  for (const connection of pipeline.connections()) graph.connect(connection)
  return graph
}

function pathOf({ component, socket }: Connection['sender']): string {
  return `${component}.${socket}`
}

function howValuesPass(pipeline: Pipeline, { sender, receiver, conversion }: Connection): string {
  const output = pipeline.get(sender.component).outputs[sender.socket] as Socket
  const input = pipeline.get(receiver.component).inputs[receiver.socket] as Socket
  const from = `'${pathOf(sender)}' (${typeName(output.type)})`
  const to = `'${pathOf(receiver)}' (${typeName(input.type)})`
  if (conversion === undefined) return `Values of ${from} fit ${to} as they are.`
  const { how, fails } = conversionWords[conversion.name]
  return `Values of ${from} reach ${to} converted: ${how}.${fails === undefined ? '' : ` ${fails} fails the run.`}`
}

/** What a new connection would meet in a socket to which others send already: it takes several, or it would be refused. */
function whatElseComes(pipeline: Pipeline, { receiver }: Connection, others: readonly string[]): string[] {
  if (others.length === 0) return []
  const input = pipeline.get(receiver.component).inputs[receiver.socket]
  return input?.receives === 'greedy'
    ? [`The socket takes each value by itself, those of ${listNames(others)} too.`]
    : [`They come after those of ${listNames(others)}.`]
}
