import type { Finding } from '@millrace/core'
import { callTriggers } from '../chat/call-grammar.ts'
import { type ChosenTemplate, chooseTemplate, type ModelWarning } from '../chat/choose-template.ts'
import type { TemplateFacts } from '../chat/find-calls.ts'
import type { ToolDescription } from '../engines/request.ts'
import { LlamaCppError } from '../errors.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { readControlTokens } from '../gguf/control-tokens.ts'
import type { EngineName } from '../options/options.ts'

const KEY = 'tokenizer.chat_template'
/** What these are is not asked of a template here. */
const names = { bos: '<s>', eos: '</s>' }

/** How a model writes conversations, for its meta. */
export interface ChatFormatMeta {
  /** `model`, `given`, or the chat format that stands in for a template. */
  readonly template: string
  /** The format of tool calls; `words` where tools are described in words. Only where there are tools. */
  readonly calls?: string
}

/** What the file of a model, or the given template, says about how conversations are written. */
export class ChatSetup {
  readonly #template: ChosenTemplate
  readonly #engine: EngineName

  /** @throws LlamaCppError what {@link chooseTemplate} throws */
  static async read(path: string, given: string | undefined, engine: EngineName): Promise<ChatSetup> {
    const templates = await readChatTemplates(path)
    const found = { given, own: templates[KEY], toolUse: templates[`${KEY}.tool_use`], names, path }
    const template = chooseTemplate({ ...found, controlTexts: [] })
    if (template.warnings.length === 0) return new ChatSetup(template, engine)
    return new ChatSetup(chooseTemplate({ ...found, controlTexts: await readControlTokens(path) }), engine)
  }

  private constructor(template: ChosenTemplate, engine: EngineName) {
    this.#template = template
    this.#engine = engine
  }

  /** The meta of a request with these tools. */
  meta(tools: readonly ToolDescription[]): ChatFormatMeta {
    const { name: template } = this.#template
    if (tools.length === 0) return { template }
    const { calls } = this.#template.for({ tools, messages: [] }).facts
    return { template, calls: calls?.format.name ?? 'words' }
  }

  /**
   * What goes on otherwise than one may think in a request with these tools.
   *
   * @throws LlamaCppError `OPTION_UNSUPPORTED` for a tool that the template cannot print
   */
  warnings(tools: readonly ToolDescription[]): readonly ModelWarning[] {
    if (tools.length === 0) return this.#template.warnings
    const template = this.#template.for({ tools, messages: [] })
    template.printable(tools)
    return [
      ...this.#template.warnings,
      ...wordsWarnings(this.#template.name, template.facts),
      ...(this.#engine === 'llama.node' ? freeWarnings(template.facts) : []),
    ]
  }
}

function wordsWarnings(
  name: string,
  { calls, describesTools, toolRefusal }: TemplateFacts,
): readonly ModelWarning[] {
  if (calls?.described) return []
  const whose = ['model', 'given'].includes(name)
    ? 'The chat template'
    : `The chat format '${name}', which stands in for the template of the model,`
  const reason =
    toolRefusal !== undefined
      ? `refuses tools (${toolRefusal})`
      : calls
        ? 'knows how calls are written, but does not describe the tools'
        : describesTools
          ? 'describes tools, but how it writes calls is not known'
          : 'knows nothing of tools'
  const message = `${whose} ${reason}: they are described to the model in the words of a system message, and it may not call them well.`
  return [{ code: 'TOOLS_IN_WORDS', message }]
}

/** Grammars of `llama.node` wait for a text that alone begins a call. */
function freeWarnings({ calls, answer }: TemplateFacts): readonly ModelWarning[] {
  if (!calls || callTriggers({ ...calls.format, reads: [] }, answer).length > 0) return []
  const message = `Engine 'llama.node' holds the calls of this model to the parameters of the tools only where generationKwargs.toolChoice asks for a call: in the format '${calls.format.name}' they have no mark at which a grammar could begin. Calls are read all the same, and checked when they are invoked.`
  return [{ code: 'CALLS_NOT_HELD', message }]
}

/** Warnings as findings about an option. */
export function findingsOf(warnings: readonly ModelWarning[], option: string): Finding[] {
  return warnings.map((warning) => ({ level: 'warning', ...warning, option }))
}

/** What is wrong with the template of a file, and what is to be known of it with these tools. */
export async function checkChat(
  path: string,
  given: string | undefined,
  tools: readonly ToolDescription[],
  engine: EngineName,
): Promise<Finding[]> {
  const option = given === undefined ? 'model' : 'modelKwargs.chatTemplate'
  try {
    return findingsOf((await ChatSetup.read(path, given, engine)).warnings(tools), option)
  } catch (error) {
    if (!LlamaCppError.isInstance(error)) throw error
    const { code, message } = error
    return [{ level: 'error', code, message, option: error.option ?? option }]
  }
}
