import { type Components, MillraceError, type Pipeline } from '@millrace/core'
import {
  type Conversion,
  checkConnection,
  listNames,
  type PlannedSocket,
  planOf,
  typeName,
} from '@millrace/core/component'

interface ConversionWords {
  /** What becomes of a value. */
  readonly how: string
  /** The value with which the run fails, where there is one. */
  readonly fails?: string
}

const notOne = 'A list that does not hold exactly one'
const noText = 'A message without a text'

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
    fails: `${notOne}, or a message without a text,`,
  },
  onlyTextToMessage: { how: 'the one text in the list, as a user message', fails: notOne },
}

/**
 * Whether, and how, values would get from one socket to another, in words. Connects nothing; for a connection that is
 * impossible it returns the reason.
 *
 * @example
 * explainConnection(pipeline, 'llm.replies', 'prompt.text')
 */
export function explainConnection<C extends Components>(
  pipeline: Pipeline<C>,
  from: string,
  to: string,
): string {
  const { byPath, byName } = planOf(pipeline)
  try {
    const possible = checkConnection(pipeline, from, to)
    // Both ends exist, or the check would have thrown.
    const input = byPath.get(to) as PlannedSocket
    const present = input.edges.find((edge) => edge.from === from)
    const sender = byName.get(from.slice(0, from.indexOf('.')))
    const output = sender?.component.outputs[from.slice(from.indexOf('.') + 1)]
    const ends = {
      from: `'${from}' (${output ? typeName(output.type) : ''})`,
      to: `'${to}' (${typeName(input.socket.type)})`,
    }
    if (present) return `They are connected. ${howValuesPass(ends, present.conversion)}`
    return [howValuesPass(ends, possible?.conversion), ...whatElseComes(input)].join(' ')
  } catch (error) {
    if (MillraceError.isInstance(error)) return error.message
    throw error
  }
}

function howValuesPass(
  { from, to }: { readonly from: string; readonly to: string },
  conversion: Conversion | undefined,
): string {
  if (conversion === undefined) return `Values of ${from} fit ${to} as they are.`
  const { how, fails } = conversionWords[conversion.name]
  return `Values of ${from} reach ${to} converted: ${how}.${fails === undefined ? '' : ` ${fails} fails the run.`}`
}

/** What a new connection would meet in a socket that several may send to. */
function whatElseComes({ edges, gathers }: PlannedSocket): string[] {
  if (edges.length === 0 || gathers === 'one') return []
  const others = listNames(edges.map(({ from }) => from))
  return gathers === 'first'
    ? [`The socket takes each value by itself, those of ${others} too.`]
    : [`They come after those of ${others}.`]
}
