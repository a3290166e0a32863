import type { Finding } from '@millrace/core'
import { type ChosenTemplate, chooseTemplate, type ModelWarning } from '../chat/choose-template.ts'
import type { ToolDescription } from '../engines/request.ts'
import { LlamaCppError } from '../errors.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { readControlTokens } from '../gguf/control-tokens.ts'

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

  /** @throws LlamaCppError what {@link chooseTemplate} throws */
  static async read(path: string, given: string | undefined): Promise<ChatSetup> {
    const templates = await readChatTemplates(path)
    const found = { given, own: templates[KEY], toolUse: templates[`${KEY}.tool_use`], names, path }
    const template = chooseTemplate({ ...found, controlTexts: [] })
    if (template.warnings.length === 0) return new ChatSetup(template)
    return new ChatSetup(chooseTemplate({ ...found, controlTexts: await readControlTokens(path) }))
  }

  private constructor(template: ChosenTemplate) {
    this.#template = template
  }

  /** The meta of a request with these tools. */
  meta(tools: readonly ToolDescription[]): ChatFormatMeta {
    const { name: template } = this.#template
    if (tools.length === 0) return { template }
    const { calls } = this.#template.for({ tools, messages: [] }).facts
    return { template, calls: calls?.format.name ?? 'words' }
  }

  /** What goes on otherwise than one may think in a request with these tools. */
  warnings(tools: readonly ToolDescription[]): readonly ModelWarning[] {
    return [...this.#template.warnings, ...toolWarnings(this.#template, tools)]
  }
}

function toolWarnings(template: ChosenTemplate, tools: readonly ToolDescription[]): ModelWarning[] {
  if (tools.length === 0) return []
  const { calls, describesTools } = template.for({ tools, messages: [] }).facts
  if (calls?.described) return []
  const reason = calls
    ? 'The chat template knows how calls are written, but does not describe the tools'
    : describesTools
      ? 'The chat template describes tools, but how it writes calls is not known'
      : 'The chat template knows nothing of tools'
  const message = `${reason}: they are described to the model in the words of a system message, and it may not call them well.`
  return [{ code: 'TOOLS_IN_WORDS', message }]
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
): Promise<Finding[]> {
  const option = given === undefined ? 'model' : 'modelKwargs.chatTemplate'
  try {
    return findingsOf((await ChatSetup.read(path, given)).warnings(tools), option)
  } catch (error) {
    if (!LlamaCppError.isInstance(error)) throw error
    return [{ level: 'error', code: error.code, message: error.message, option }]
  }
}
