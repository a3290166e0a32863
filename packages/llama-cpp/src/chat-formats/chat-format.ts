import { didYouMean, listNames } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
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
 * @param templates of the model's file, by their keys in its metadata
 * @throws LlamaCppError `OPTION_INVALID` for an unknown name and a template that the file has not, `OPTION_UNSUPPORTED`
 * for the formats that are read from Hugging Face
 */
export function chatFormatTemplate(name: string, templates: Readonly<Record<string, string>> = {}): string {
  const format = Object.hasOwn(TEXT_FORMATS, name) ? TEXT_FORMATS[name] : undefined
  if (format) return turnTemplate(format)
  if (name === CHATML_TOOLS) return CHATML_TOOLS_TEMPLATE
  if (OWN_TEMPLATE.includes(name)) return embeddedTemplate(templates, 'default')
  if (name.startsWith(EMBEDDED)) return embeddedTemplate(templates, name.slice(EMBEDDED.length))
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

const KEY = 'tokenizer.chat_template'

/** The template that a model brings in its file, by name. The one without a name is `default`. */
function embeddedTemplate(templates: Readonly<Record<string, string>>, name: string): string {
  const template = templates[name === 'default' ? KEY : `${KEY}.${name}`]
  if (template !== undefined) return template
  const names = Object.keys(templates).map((key) => key.slice(KEY.length + 1) || 'default')
  throw new LlamaCppError(
    'OPTION_INVALID',
    `Option '${OPTION}' asks for the chat template '${name}' of the model, which its file has not. Its templates: ${listNames(names)}.${didYouMean(name, names)}`,
    { option: OPTION },
  )
}

/** A format by a mark of its turns, for models that have the mark as a token and bring no template. */
const FORMATS: readonly (readonly [mark: string, format: string])[] = [
  ['<|im_start|>', 'chatml'],
  ['<start_of_turn>', 'gemma'],
  ['<|start_header_id|>', 'llama-3'],
  ['<|end_of_turn|>', 'openchat'],
  ['<|assistant|>', 'zephyr'],
  ['[INST]', 'mistral-instruct'],
]

/** The name of the chat format whose marks are among the tokens of a model; `alpaca`, which is plain words, for none. */
export function formatByMarks(tokens: readonly string[]): string {
  const known = new Set(tokens)
  return FORMATS.find(([mark]) => known.has(mark))?.[1] ?? 'alpaca'
}

/** ChatML with tools as most models write them: descriptions and calls in JSON between tags, results as turns of the user. */
export const CHATML_TOOLS_TEMPLATE = [
  '{%- if tools -%}',
  "{{ '<|im_start|>system\\n' }}",
  "{%- if messages[0]['role'] == 'system' -%}{{ messages[0]['content'] + '\\n\\n' }}{%- endif -%}",
  "{{ 'You can call these tools. Each line describes one, with the JSON Schema of its parameters:\\n<tools>\\n' }}",
  "{%- for tool in tools -%}{{ tool | tojson }}{{ '\\n' }}{%- endfor -%}",
  "{{ '</tools>\\nTo call one, answer with its name and arguments:\\n<tool_call>\\n' }}",
  '{{ \'{"name": "NAME", "arguments": {}}\\n</tool_call><|im_end|>\\n\' }}',
  '{%- endif -%}',
  '{%- for message in messages -%}',
  "{%- if message['role'] == 'tool' -%}",
  "{{ '<|im_start|>user\\n<tool_response>\\n' + message['content'] + '\\n</tool_response><|im_end|>\\n' }}",
  "{%- elif message['role'] == 'assistant' -%}",
  "{{ '<|im_start|>assistant\\n' + (message['content'] or '') }}",
  "{%- if message['tool_calls'] -%}{%- for call in message['tool_calls'] -%}",
  "{%- if message['content'] or not loop.first -%}{{ '\\n' }}{%- endif -%}",
  "{{ '<tool_call>\\n{\"name\": \"' + call['function']['name'] + '\", \"arguments\": ' }}",
  "{{ call['function']['arguments'] | tojson }}",
  "{{ '}\\n</tool_call>' }}",
  '{%- endfor -%}{%- endif -%}',
  "{{ '<|im_end|>\\n' }}",
  "{%- elif not (tools and loop.first and message['role'] == 'system') -%}",
  "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}",
  '{%- endif -%}',
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}",
].join('')
