import { didYouMean, listNames } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { CHATML_TOOLS_TEMPLATE } from './chatml-tools-template.ts'
import { embeddedTemplate } from './embedded-template.ts'
import { TEXT_FORMATS } from './text-formats.ts'
import { turnTemplate } from './turn-template.ts'

const OPTION = 'modelKwargs.chatFormat'
const CHATML_TOOLS = 'chatml-function-calling'
const EMBEDDED = 'chat_template.'
/** The files of these models bring their format with them, tools included. */
const OWN_TEMPLATE = ['functionary', 'functionary-v1', 'functionary-v2']
const REFUSED = ['hf-autotokenizer', 'hf-tokenizer-config']

/** All names of formats, but for those of the templates in a model's file, which are `chat_template.NAME`. */
export const CHAT_FORMATS: readonly string[] = [...Object.keys(TEXT_FORMATS), CHATML_TOOLS, ...OWN_TEMPLATE]

/**
 * The Jinja template of a chat format of llama-cpp-python, by its name there. For `chat_template.NAME` and the
 * functionary formats it is one that the model's file brings.
 *
 * @param metadata of the model's file, flat or nested
 * @throws LlamaCppError `OPTION_INVALID` for an unknown name and a template that the file has not, `OPTION_UNSUPPORTED`
 * for the formats that are read from Hugging Face
 */
export function chatFormatTemplate(name: string, metadata: object = {}): string {
  const format = Object.hasOwn(TEXT_FORMATS, name) ? TEXT_FORMATS[name] : undefined
  if (format) return turnTemplate(format)
  if (name === CHATML_TOOLS) return CHATML_TOOLS_TEMPLATE
  if (OWN_TEMPLATE.includes(name)) return embeddedTemplate(metadata, 'default')
  if (name.startsWith(EMBEDDED)) return embeddedTemplate(metadata, name.slice(EMBEDDED.length))
  throw REFUSED.includes(name) ? refused(name) : unknown(name)
}

/** The texts that end an answer in a format, for models in which the mark behind a turn is no control token. */
export function chatFormatStops(name: string): readonly string[] {
  if (Object.hasOwn(TEXT_FORMATS, name)) return TEXT_FORMATS[name]?.stops ?? []
  return name === CHATML_TOOLS ? ['<|im_end|>'] : []
}

/** Whether the template of a format is in the model's file, so that it is known only when that was read. */
export function isEmbeddedFormat(name: string): boolean {
  return OWN_TEMPLATE.includes(name) || name.startsWith(EMBEDDED)
}

function refused(name: string): LlamaCppError {
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    `Option '${OPTION}' is '${name}', which reads the template of a repository with the Python package transformers. Give its text as 'modelKwargs.chatTemplate', or leave both out: GGUF files bring the template with them.`,
    { option: OPTION },
  )
}

function unknown(name: string): LlamaCppError {
  const names = [...CHAT_FORMATS, `${EMBEDDED}default`]
  return new LlamaCppError(
    'OPTION_INVALID',
    `Option '${OPTION}' is '${name}', which is no chat format. Possible: ${listNames(names, names.length)}, or '${EMBEDDED}NAME' for a template in the model's file.${didYouMean(name, names)}`,
    { option: OPTION },
  )
}
