import {
  ChatMessage,
  type Component,
  type InputsOf,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  runHeld,
  StreamingChunk,
  t,
} from '@millrace/core'
import { aloneContext, readParameters } from '@millrace/core/component'
import type { Glossary } from './glossary.ts'
import { SummaryError } from './summary-error.ts'

/**
 * Summarizes parts of a text one by one with a chat generator, and then their summaries together, in rounds until there is
 * one. What the model writes streams as it comes, each piece of work behind a mark such as `[2/5]`.
 *
 * @throws SummaryError `SUMMARY_NO_TEXT` without parts, `SUMMARY_EMPTY` when the model gives no text
 * @example
 * const summarizer = new TextSummarizer({ generator: new LlamaCppChatGenerator({ model: 'model.gguf' }) })
 */
export class TextSummarizer implements Component {
  static readonly type = 'TextSummarizer'
  static readonly description = 'Summarizes the parts of a text, and then their summaries together.'
  static readonly parameters = t.object({
    /** The chat generator that writes the summaries. */
    generator: t.component({
      name: 'ChatGenerator',
      description: 'The chat generator that writes the summaries.',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
    }),
    /** What the model is asked to do with each text, which follows on lines of its own. */
    instruction: t.string({
      default: 'Summarize this text in one or two sentences:',
      description: 'What the model is asked to do with each text, which follows on lines of its own.',
    }),
    /** How many characters of summaries are summarized together. Two are, however long they are. */
    maxCharacters: t.integer({
      default: 3000,
      minimum: 100,
      description:
        'How many characters of summaries are summarized together. Two are, however long they are.',
    }),
    /** Terms that the summaries must spell as they are. */
    glossary: t.optional(
      t.resource<Glossary>('Glossary', (value) => 'termsIn' in value),
      {
        description: 'Terms that the summaries must spell as they are.',
      },
    ),
  })

  readonly inputs = {
    /** The parts of the text, in order. */
    parts: t.array(t.string(), { description: 'The parts of the text, in order.' }),
  }
  readonly outputs = {
    /** One summary of all parts. */
    summary: t.string({ description: 'One summary of all parts.' }),
    /** The summary of each part. */
    summaries: t.array(t.string(), { description: 'The summary of each part.' }),
  }
  readonly initParameters: ParametersOf<typeof TextSummarizer>

  constructor(given: ParametersOf<typeof TextSummarizer>) {
    this.initParameters = readParameters(TextSummarizer, given)
  }

  async run(
    { parts }: InputsOf<TextSummarizer>,
    context: RunContext = aloneContext(TextSummarizer),
  ): Promise<OutputsOf<TextSummarizer>> {
    const { maxCharacters = 3000 } = this.initParameters
    if (parts.length === 0) {
      throw new SummaryError('SUMMARY_NO_TEXT', 'There is nothing to summarize: the text is empty.')
    }
    const summaries = await this.#summarizeEach(parts, context)
    let [summary = '', ...others] = summaries
    while (others.length > 0) {
      const groups = inGroups([summary, ...others], maxCharacters)
      ;[summary = '', ...others] = await this.#summarizeEach(groups, context)
    }
    return { summary, summaries }
  }

  async #summarizeEach(texts: readonly string[], context: RunContext): Promise<string[]> {
    const summaries: string[] = []
    for (const [index, text] of texts.entries()) {
      context.signal.throwIfAborted()
      context.emit(StreamingChunk.create({ content: `[${index + 1}/${texts.length}]\n` }))
      summaries.push(await this.#summarize(text, context))
      context.emit(StreamingChunk.create({ content: '\n' }))
    }
    return summaries
  }

  async #summarize(text: string, context: RunContext): Promise<string> {
    const {
      generator,
      instruction = 'Summarize this text in one or two sentences:',
      glossary,
    } = this.initParameters
    const terms = glossary?.termsIn(text) ?? []
    const spelling = terms.length === 0 ? '' : `\nSpell as here: ${terms.join(', ')}.`
    const messages = [ChatMessage.user(`${instruction}${spelling}\n${text}`)]
    const {
      replies: [reply],
    } = await runHeld(generator, { messages }, context)
    const summary = reply === undefined ? '' : (ChatMessage.text(reply) ?? '').trim()
    if (summary === '') {
      throw new SummaryError(
        'SUMMARY_EMPTY',
        'The model gave no text. Give it another instruction, or more tokens.',
      )
    }
    if (reply?.meta?.['finishReason'] === 'length') {
      context.warn('SUMMARY_CUT', 'a summary was cut off. Give the generator a larger maxTokens.')
    }
    return summary
  }
}

/** Neighbours together, as many as fit and two at least, so that each round has half as many texts. */
function inGroups(texts: readonly string[], most: number): string[] {
  const groups: string[][] = []
  let length = 0
  for (const text of texts) {
    const last = groups.at(-1)
    if (last !== undefined && (last.length < 2 || length + text.length <= most)) {
      last.push(text)
      length += text.length
    } else {
      groups.push([text])
      length = text.length
    }
  }
  return groups.map((group) => group.join('\n'))
}
