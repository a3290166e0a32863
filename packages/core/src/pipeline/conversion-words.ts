import type { Conversion } from '../component/conversion.ts'

interface Words {
  /** What becomes of a value. */
  readonly how: string
  /** The value with which the run fails, where there is one. */
  readonly fails?: string
}

const several = 'A list that does not hold exactly one'
const silent = 'a message without a text'

/** Conversions as a person would tell them. */
export const conversionWords: { readonly [Name in Conversion['name']]: Words } = {
  wrap: { how: 'in a list of one' },
  unwrap: { how: 'the one element of the list', fails: several },
  messageToText: { how: 'the text of the message', fails: `A${silent.slice(1)}` },
  textToMessage: { how: 'as a user message' },
  messageToTexts: { how: 'the text of the message, in a list of one', fails: `A${silent.slice(1)}` },
  textToMessages: { how: 'as a user message, in a list of one' },
  onlyMessageToText: { how: 'the text of the one message in the list', fails: `${several}, or ${silent},` },
  onlyTextToMessage: { how: 'the one text in the list, as a user message', fails: several },
}
