import { TemplateFailure } from './template-failure.ts'

/** What the library calls its values, and what an author calls them. */
const words: Readonly<Record<string, string>> = {
  StringValue: 'a text',
  IntegerValue: 'a number',
  FloatValue: 'a number',
  NumericValue: 'a number',
  BooleanValue: 'true or false',
  NullValue: 'none',
  UndefinedValue: 'what is missing',
  ArrayValue: 'a list',
  TupleValue: 'a list',
  ObjectValue: 'an object',
  NamespaceValue: 'a namespace',
  FunctionValue: 'a function',
  KeywordArgumentsValue: 'named arguments',
}

const sentences: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [/^Unknown (\w+) filter: (\w+)$/, "The filter '$2' does not work on $1, or not with these arguments."],
  [/^Cannot apply filter "(\w+)" to type: (\w+)$/, "The filter '$1' does not work on $2."],
  [/^cannot (\w+) on (\w+)$/, "The test '$1' does not work on $2."],
  [/^Unknown operator "(.+)" between (\w+) and (\w+)$/, "'$1' does not work between $2 and $3."],
  [/^Unknown operator "(.+)" for (\w+)$/, "'$1' does not work on $2."],
  [/^Cannot perform operation (.+) on undefined values$/, "'$1' does not work on what is missing."],
  [/^Cannot perform operation on null values$/, 'An operation does not work on none.'],
]

/** An error of the library, or of the JavaScript engine below it, in the words of a template's author. */
export function explainError(error: unknown): TemplateFailure {
  if (error instanceof TemplateFailure) return error
  return new TemplateFailure('TEMPLATE_FAILED', sentenceFor(error))
}

function sentenceFor(error: unknown): string {
  if (error instanceof RangeError) {
    return error.message.includes('call stack')
      ? 'It is nested too deeply.'
      : 'A text or a list becomes larger than any may be.'
  }
  if (error instanceof TypeError || !(error instanceof Error))
    return 'An argument is missing, or of the wrong kind.'
  const known = sentences.find(([pattern]) => pattern.test(error.message))
  const sentence = known === undefined ? capitalized(error.message) : error.message.replace(...known)
  return sentence.replace(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)*Value\b/g, (name) => words[name] ?? name)
}

function capitalized(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, '')}.`
}
