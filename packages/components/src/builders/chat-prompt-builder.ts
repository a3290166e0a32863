import { type ChatMessage, type Component, type Socket, t } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { compileChatTemplate, variableTypes } from '../templates/chat-template.ts'
import type { ChatTemplate, PromptMessage } from '../templates/prompt-message.ts'
import {
  type PromptInputs,
  TemplateVariables,
  type VariableParameters,
  variableParameters,
} from '../templates/variables.ts'
import type { VariablesIn } from '../templates/variables-in.ts'

export interface ChatPromptBuilderParameters<
  Template extends string | readonly PromptMessage[] = string | readonly PromptMessage[],
  Variables extends string = string,
> extends VariableParameters<Variables> {
  /**
   * A list of messages whose texts are Jinja templates, or one string with {% message role="user" %}…{% endmessage %}
   * blocks. Without it each run must be given one.
   *
   * @defaultValue none
   */
  readonly template?: Template
}

/** What one run of a chat prompt builder takes: its variables by name, and these. */
export interface ChatPromptBuilderInputs {
  readonly [variable: string]: unknown
  /** Takes the place of the builder's own template, for this run. */
  readonly template?: string | readonly PromptMessage[]
  /** Values of variables. They win over the inputs of the same name. */
  readonly templateVariables?: { readonly [name: string]: unknown }
}

const messageParameter = t.object({
  /** Who speaks. */
  role: t.optional(t.literal('system', 'user', 'assistant', 'tool'), { description: 'Who speaks.' }),
  /**
   * A text, or a list of texts and parts. { type: image, variable: photo } stands for the images in a variable, {
   * type: file, variable: report } for the files.
   */
  content: t.optional(t.union(t.string(), t.array(t.union(t.string(), t.record(t.json())))), {
    description:
      'A text, or a list of texts and parts. { type: image, variable: photo } stands for the images in a variable, { type: file, variable: report } for the files.',
  }),
  /** The name of who speaks, where several have one role. */
  name: t.optional(t.string(), { description: 'The name of who speaks, where several have one role.' }),
  /** Whatever belongs to the message; models do not see it. */
  meta: t.optional(t.record(t.json()), {
    description: 'Whatever belongs to the message; models do not see it.',
  }),
  /** In place of all other keys: a variable whose messages stand here, such as the conversation so far. */
  insert: t.optional(t.string(), {
    description:
      'In place of all other keys: a variable whose messages stand here, such as the conversation so far.',
  }),
})

/**
 * Makes messages from templates. As in Haystack each variable is an input, and a missing one is an error unless
 * `requiredVariables` leaves it out. What `PromptBuilder` says of values holds here too: no value is ever read as a
 * template, and none can become a message or an image by what is written in it.
 *
 * A template has one of two forms.
 *
 * A list. The texts of system and user messages are Jinja templates; assistant and tool messages, names and meta stay
 * as they are. `{ insert: 'history' }` stands for the messages in a variable. In the content of a user message,
 * `{ type: 'image', variable: 'photo' }` stands for the image, or the list of images, in a variable; `type: 'file'` for
 * files.
 *
 * A string. `{% message role="user" %}…{% endmessage %}` makes a message, with `name="…"` and `meta={…}` as further
 * fields; its role is system, user or assistant. As in Haystack white space at both ends of its texts is cut off, and
 * nothing may be left empty. Blocks may stand in loops, conditions and macros. `{% insert history %}` stands for the
 * messages in a variable, or in any other expression. A string without blocks is one user message, exactly as rendered.
 *
 * In both forms `{{ photo | image }}` places an image, or a list of images, in the text of a user message, and
 * `{{ report | file }}` a file. In an assistant block `{{ thought | reasoning }}` places a thought. (Haystack's name of
 * all three is `templatize_part`.)
 *
 * @example
 * const prompt = new ChatPromptBuilder({
 *   template: [ChatMessage.system('Be brief.'), { insert: 'history' }, ChatMessage.user('{{ question }}')],
 * })
 * prompt.run({ history: [], question: 'What is the capital of France?' }).prompt
 *
 * @example
 * const prompt = new ChatPromptBuilder({
 *   template: `{% message role="system" %}Be brief.{% endmessage %}
 * {% for photo in photos %}
 *   {% message role="user" %}What is this? {{ photo | image }}{% endmessage %}
 * {% endfor %}`,
 * })
 */
export class ChatPromptBuilder<
  const Template extends string | readonly PromptMessage[] = string | readonly PromptMessage[],
  const Variables extends string = VariablesIn<Template>,
> implements Component
{
  static readonly type = 'ChatPromptBuilder'
  static readonly description =
    'Makes chat messages from Jinja templates; each variable of a template is an input.'
  static readonly parameters = t.object({
    /**
     * A list of messages whose texts are Jinja templates, or one string with {% message role="user" %}…{% endmessage
     * %} blocks. Without it each run must be given one.
     */
    template: t.optional(t.union(t.string(), t.array(messageParameter)), {
      description:
        'A list of messages whose texts are Jinja templates, or one string with {% message role="user" %}…{% endmessage %} blocks. Without it each run must be given one.',
    }),
    ...variableParameters,
  }) as unknown as Socket<ChatPromptBuilderParameters>

  readonly initParameters: ChatPromptBuilderParameters
  readonly inputs: PromptInputs<string | readonly PromptMessage[], Variables>
  readonly outputs = {
    /** The messages with the values in them. */
    prompt: t.array(t.message(), { description: 'The messages with the values in them.' }),
  }
  readonly #template: ChatTemplate | undefined
  readonly #variables: TemplateVariables

  /**
   * @throws ComponentsError `TEMPLATE_SYNTAX`, `TEMPLATE_FORBIDDEN`, `TEMPLATE_INVALID` or
   * `TEMPLATE_VARIABLE_UNKNOWN`, with the parameter in `option`
   */
  constructor(given: ChatPromptBuilderParameters<Template, Variables> = {}) {
    const parameters = readParameters(ChatPromptBuilder, given) as ChatPromptBuilderParameters<
      Template,
      Variables
    >
    this.initParameters = parameters
    const { template } = parameters
    this.#template = template === undefined ? undefined : compileChatTemplate(template, 'template')
    const needs = this.#template ?? { variables: [], texts: [] }
    this.#variables = new TemplateVariables(ChatPromptBuilder.type, parameters, needs)
    const inputs = {
      ...this.#variables.sockets(variableTypes(this.#template?.uses ?? [], 'template')),
      template: templateSocket(this.#template !== undefined),
      /** Values of variables. They win over the inputs of the same name. */
      templateVariables: t.optional(t.record(t.unknown()), {
        description: 'Values of variables. They win over the inputs of the same name.',
      }),
    }
    this.inputs = inputs as object as PromptInputs<string | readonly PromptMessage[], Variables>
  }

  /**
   * @throws ComponentsError `TEMPLATE_VARIABLE_MISSING`, `TEMPLATE_VARIABLE_UNKNOWN`, `TEMPLATE_FAILED` or
   * `TEMPLATE_FORBIDDEN`; for a template that was given, also those of the constructor
   */
  run({ template: given, templateVariables = {}, ...inputs }: ChatPromptBuilderInputs): {
    prompt: readonly ChatMessage[]
  } {
    const other = given === undefined ? undefined : compileChatTemplate(given, 'template')
    const template = other ?? this.#template
    if (template === undefined) {
      throw new ComponentsError(
        'TEMPLATE_INVALID',
        "This ChatPromptBuilder was made without a template, so each run must be given one as 'template'.",
        { option: 'template' },
      )
    }
    const values = this.#variables.gather(inputs, templateVariables, other)
    return { prompt: template.render(values) }
  }
}

function templateSocket(isOptional: boolean): Socket<string | readonly PromptMessage[]> {
  const socket = t.described(
    t.union(t.string(), t.array(t.union(t.message(), t.record(t.json())))),
    isOptional ? "Takes the place of the builder's own template, for this run." : 'The template of this run.',
  ) as unknown as Socket<string | readonly PromptMessage[]>
  return isOptional ? t.optional(socket) : socket
}
