import { messageOf } from '@millrace/core/component'
import { chatFormatTemplate } from '../chat-formats/chat-format.ts'
import { formatByMarks } from '../chat-formats/format-by-marks.ts'
import { LlamaCppError } from '../errors.ts'
import { ChatTemplate, type RenderedChat, type RenderRequest } from './chat-template.ts'
import { isExcess, jinjaTemplate } from './jinja-template.ts'

/** Something that goes on otherwise than one may think. Unlike an error it stops nothing. */
export interface ModelWarning {
  readonly code: string
  readonly message: string
}

/** The templates that there are for a model. */
export interface Templates {
  /** The one of the options, which wins. */
  readonly given?: string | undefined
  /** Those of the model's file: the one without a name, and the one for conversations with tools. */
  readonly own?: string | undefined
  readonly toolUse?: string | undefined
  /** The texts of the model's control tokens. */
  readonly controlTexts: readonly string[]
  /** The texts of the tokens that begin and end a text. */
  readonly names: { readonly bos: string; readonly eos: string }
  /** The model's file, for errors. */
  readonly path: string
}

/** The template that conversations with a model are rendered with. */
export interface ChosenTemplate {
  /** `given`, `model`, or the name of the chat format that stands in for one. */
  readonly name: string
  /** Why another one than the model's own is used. */
  readonly warnings: readonly ModelWarning[]
  /** The one for a conversation: with tools or calls in it, the model may have one of its own. */
  for(request: Pick<RenderRequest, 'tools' | 'messages'>): ChatTemplate
  /** @throws LlamaCppError what {@link ChatTemplate.render} throws, and for what takes too much as `chooseTemplate` */
  render(request: RenderRequest, guard: (text: string, cut: string) => string): RenderedChat
}

/**
 * The given template, or the model's own. Where the model has none, or one that renders no conversation, it is the
 * chat format whose marks the model has as tokens, with a warning `TEMPLATE_MISSING` or `TEMPLATE_REPLACED`.
 *
 * @throws LlamaCppError `OPTION_INVALID` for a given template that cannot be used, `MODEL_UNSUPPORTED` for one of the
 * model that cannot be read or takes too much
 */
export function chooseTemplate({
  given,
  own,
  toolUse,
  controlTexts,
  names,
  path,
}: Templates): ChosenTemplate {
  const make = (text: string) => {
    const template = new ChatTemplate(text, jinjaTemplate(text), names)
    // Rendering the probes finds out what cannot work, before anybody asks for anything.
    template.facts
    return template
  }
  if (given !== undefined) {
    try {
      const template = make(given)
      if (template.facts.refusal !== undefined) throw new RangeError(template.facts.refusal)
      return chosen('given', [], template, template, unusable)
    } catch (cause) {
      throw unusable(cause)
    }
  }
  const stopped = ownProblem(path, 'was stopped')
  const replaced = (code: string, reason: string) => {
    const name = formatByMarks(controlTexts)
    const template = make(chatFormatTemplate(name))
    const message = `${reason} Conversations are written in the chat format '${name}', by the tokens of the model. Give the right one as modelKwargs.chatTemplate or chatFormat.`
    return chosen(name, [{ code, message }], template, template, stopped)
  }
  const [plain, tools] = [own, toolUse].map((text) => (text?.trim() === '' ? undefined : text))
  const first = plain ?? tools
  if (first === undefined) return replaced('TEMPLATE_MISSING', `'${path}' brings no chat template.`)
  try {
    const template = make(first)
    const { refusal } = template.facts
    if (refusal === undefined) {
      return chosen('model', [], template, tools === undefined ? template : make(tools), stopped)
    }
    return replaced('TEMPLATE_REPLACED', `The chat template of '${path}' cannot be used: ${refusal}.`)
  } catch (cause) {
    throw isExcess(cause) ? stopped(cause) : ownProblem(path, 'cannot be read')(cause)
  }
}

function chosen(
  name: string,
  warnings: readonly ModelWarning[],
  plain: ChatTemplate,
  withTools: ChatTemplate,
  excess: (cause: unknown) => LlamaCppError,
): ChosenTemplate {
  const templateFor: ChosenTemplate['for'] = ({ tools, messages }) => {
    const isCall = ({ type }: { readonly type: string }) => type.startsWith('toolCall')
    return tools.length > 0 || messages.some(({ content }) => content.some(isCall)) ? withTools : plain
  }
  return {
    name,
    warnings,
    for: templateFor,
    render(request, guard) {
      try {
        return templateFor(request).render(request, guard)
      } catch (cause) {
        throw isExcess(cause) ? excess(cause) : cause
      }
    },
  }
}

function unusable(cause: unknown): LlamaCppError {
  const option = 'modelKwargs.chatTemplate'
  const message = `Option '${option}' cannot be used as a chat template: ${messageOf(cause)}`
  return new LlamaCppError('OPTION_INVALID', message, { cause, option })
}

function ownProblem(path: string, what: string): (cause: unknown) => LlamaCppError {
  return (cause) =>
    new LlamaCppError(
      'MODEL_UNSUPPORTED',
      `The chat template of '${path}' ${what}: ${messageOf(cause)}. Another one can be given as modelKwargs.chatTemplate.`,
      { cause, path },
    )
}
