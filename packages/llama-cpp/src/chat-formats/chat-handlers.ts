/** A way to format conversations with images, known by the names that llama-cpp-python gives it. */
interface ChatHandler {
  readonly names: readonly string[]
  /** Undefined: the template of the model itself. */
  readonly template?: string
}

/** For roles that a format has no words for: it would leave them out. */
const OTHERS =
  "{%- else -%}{{- raise_exception('This chat handler has no place for messages of the role ' ~ message.role) -}}{%- endif -%}"

/** The system message, wherever it stands, or words of the format's own. */
function systemText(otherwise: string): string {
  return [
    `{%- set said = namespace(system='${otherwise}') -%}`,
    "{%- for message in messages if message.role == 'system' -%}{%- set said.system = message.content -%}{%- endfor -%}",
  ].join('')
}

/** A format that writes what a user and an assistant say in a row, behind the system message. */
function inTurns(
  system: string,
  { intro, user, assistant, cue }: Readonly<Record<'intro' | 'user' | 'assistant' | 'cue', string>>,
): string {
  return [
    systemText(system),
    `{%- if said.system -%}${intro}{%- endif -%}`,
    "{%- for message in messages -%}{%- if message.role == 'system' -%}",
    `{%- elif message.role == 'user' -%}${user}`,
    `{%- elif message.role == 'assistant' -%}${assistant}`,
    OTHERS,
    `{%- endfor -%}{%- if add_generation_prompt -%}${cue}{%- endif -%}`,
  ].join('')
}

const text = (written: string) => `{{- ${JSON.stringify(written)} -}}`
const system = '{{- said.system -}}'
const content = '{{- message.content -}}'

/** Blocks of a role and what it says, as in ChatML. */
function inBlocks(otherwise: string, open: string, middle: string, close: string): string {
  const block = (role: string, said: string) => text(open + role + middle) + said + text(close)
  return inTurns(otherwise, {
    intro: block('system', system),
    user: block('user', content),
    assistant: block('assistant', content),
    cue: text(`${open}assistant${middle}`),
  })
}

const handlers: readonly ChatHandler[] = [
  { names: ['MTMDChatHandler', 'mtmd'] },
  { names: ['Qwen25VLChatHandler', 'qwen2.5-vl'] },
  { names: ['Gemma4ChatHandler', 'gemma4'] },
  {
    names: ['Llava15ChatHandler', 'llava-1-5'],
    template: inTurns(
      "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human\\'s questions.",
      {
        intro: system,
        user: text('\nUSER: ') + content,
        assistant: text('\nASSISTANT: ') + content,
        cue: text('\nASSISTANT:'),
      },
    ),
  },
  {
    names: ['Llava16ChatHandler', 'llava-1-6'],
    template: inTurns('Answer the question.', {
      intro: system,
      user: text('\n') + content + text('\nAnswer:'),
      assistant: text(' ') + content,
      cue: '',
    }),
  },
  {
    names: ['ObsidianChatHandler', 'obsidian'],
    template: inBlocks('', '<|im_start|>', '\n', '\n###\n'),
  },
  {
    names: ['MoondreamChatHandler', 'moondream'],
    template: inTurns('', {
      intro: system + text('\n\n'),
      user: text('Question: ') + content + text('\n\nAnswer:'),
      assistant: text(' ') + content + text('\n\n'),
      cue: '',
    }),
  },
  {
    names: ['NanoLlavaChatHandler', 'nanollava'],
    template: inBlocks('Answer the question', '<|im_start|>', '\n', '<|im_end|>'),
  },
  {
    names: ['Llama3VisionAlphaChatHandler', 'Llama3VisionAlpha', 'llama-3-vision-alpha'],
    template: inBlocks('', '<|start_header_id|>', '<|end_header_id|>\n\n', '<|eot_id|>'),
  },
  {
    names: ['MiniCPMv26ChatHandler', 'minicpm-v-2.6'],
    template: inBlocks('You are a helpful assistant.', '<|im_start|>', '\n', '<|im_end|>\n'),
  },
]

/** The names of all chat handlers: the classes of llama-cpp-python, and what its server calls them. */
export const chatHandlerNames: readonly string[] = handlers.flatMap(({ names }) => names)

/**
 * The Jinja template of a chat handler; undefined for those that take the model's own, and for unknown names. Each
 * writes the format that llama-cpp-python's class of this name is for, less its slips: no turn is written twice, the
 * system message is kept, and images stay where they are among the texts.
 */
export function chatHandlerTemplate(name: string): string | undefined {
  return handlers.find(({ names }) => names.includes(name))?.template
}
