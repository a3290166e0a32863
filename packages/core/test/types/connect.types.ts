// What `connect` accepts and refuses at compile time. Each refusal has an accepted twin that differs in the one thing.
import { makePipeline } from './parts.ts'

const pipeline = makePipeline()

// Types that are equal or fit.
pipeline.connect('prompt.prompt', 'llm.messages')
pipeline.connect('llm.reply', 'texts.message')
pipeline.connect('prompt.words', 'llm.seed')
pipeline.connect('texts.text', 'more.text')
pipeline.connect('texts.text', 'more.nullable')
pipeline.connect('texts.mode', 'more.text')
pipeline.connect('texts.mode', 'more.mode')
pipeline.connect('texts.document', 'more.json')
pipeline.connect('llm.reply', 'more.json')
pipeline.connect('texts.cache', 'more.any')
pipeline.connect('texts.cache', 'more.cache')

// Returns the pipeline, so that calls can be chained.
pipeline.connect('prompt.prompt', 'llm.messages').connect('llm.reply', 'texts.message')

// @ts-expect-error there is no component 'promt'
pipeline.connect('promt.prompt', 'llm.messages')
// @ts-expect-error there is no component 'lm'
pipeline.connect('prompt.prompt', 'lm.messages')
// @ts-expect-error 'prompt' has no output 'promt'
pipeline.connect('prompt.promt', 'llm.messages')
// @ts-expect-error 'llm' has no input 'message'
pipeline.connect('prompt.prompt', 'llm.message')
// @ts-expect-error an input cannot send
pipeline.connect('llm.messages', 'llm.messages')
// @ts-expect-error an output cannot receive
pipeline.connect('prompt.prompt', 'llm.replies')
// @ts-expect-error both ends need a socket
pipeline.connect('prompt', 'llm.messages')
// @ts-expect-error a bare string may be any path
pipeline.connect('prompt.prompt' as string, 'llm.messages')

// @ts-expect-error a text is no literal
pipeline.connect('texts.text', 'more.mode')
// @ts-expect-error null is not a text
pipeline.connect('texts.nullable', 'more.text')
// @ts-expect-error a number is no text
pipeline.connect('prompt.words', 'texts.text')
// @ts-expect-error what may be anything is no text
pipeline.connect('texts.any', 'more.text')
// @ts-expect-error JSON is no text
pipeline.connect('llm.usage', 'texts.text')
// @ts-expect-error a Map is not JSON
pipeline.connect('texts.cache', 'more.json')
// @ts-expect-error a document is no message
pipeline.connect('texts.document', 'more.message')

// A variadic or greedy socket takes one element from each sender.
pipeline.connect('texts.text', 'llm.hints')
pipeline.connect('texts.mode', 'llm.hints')
pipeline.connect('texts.text', 'more.first')
// @ts-expect-error each sender sends one text, not a number
pipeline.connect('prompt.words', 'llm.hints')
// @ts-expect-error each sender sends one text, not null
pipeline.connect('texts.nullable', 'more.first')

// Optional sockets take what they would take if they were mandatory.
pipeline.connect('texts.text', 'more.maybe')
// @ts-expect-error an optional text is not a nullable one
pipeline.connect('texts.nullable', 'more.maybe')

// Conversions: wrapping.
pipeline.connect('texts.text', 'more.list')
pipeline.connect('texts.list', 'more.lists')
pipeline.connect('llm.reply', 'llm.messages')
pipeline.connect('prompt.words', 'more.numbers')
// @ts-expect-error what may be anything may be a list already
pipeline.connect('texts.any', 'more.anything')
// @ts-expect-error JSON may be a list already
pipeline.connect('llm.usage', 'more.jsons')
// @ts-expect-error a text or a list of texts may be a list already
pipeline.connect('texts.oneOrMany', 'more.jsons')
// @ts-expect-error only one list is wrapped around a value
pipeline.connect('texts.text', 'more.lists')
// @ts-expect-error a list of a nullable text is no list of texts
pipeline.connect('texts.nullable', 'more.list')

// Conversions: texts and messages, alone and in lists.
pipeline.connect('texts.text', 'more.message')
pipeline.connect('texts.mode', 'more.message')
pipeline.connect('texts.text', 'llm.messages')
pipeline.connect('llm.reply', 'texts.text')
pipeline.connect('llm.reply', 'texts.nullable')
pipeline.connect('llm.reply', 'texts.list')
pipeline.connect('llm.reply', 'llm.hints')
// @ts-expect-error a nullable text is no message
pipeline.connect('texts.nullable', 'more.message')
// @ts-expect-error a number is no message
pipeline.connect('prompt.words', 'texts.message')

// Conversions: the only element of a list of texts or messages.
pipeline.connect('texts.list', 'more.text')
pipeline.connect('texts.list', 'more.message')
pipeline.connect('llm.replies', 'texts.message')
pipeline.connect('llm.replies', 'texts.text')
pipeline.connect('texts.lists', 'more.either')
// @ts-expect-error the lists would convert in two ways
pipeline.connect('texts.lists', 'more.text')
// @ts-expect-error messages are not converted one by one
pipeline.connect('llm.replies', 'texts.list')
// @ts-expect-error texts are not converted one by one
pipeline.connect('texts.list', 'llm.messages')
