// What the compiler knows of the inputs of prompt builders: the variables of a template that is a literal.
import { ChatPromptBuilder, PromptBuilder } from '@millrace/components'
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'

const Model = defineComponent({
  type: 'Model',
  inputs: { messages: t.array(t.message()) },
  outputs: { replies: t.array(t.message()) },
  run: ({ messages }) => ({ replies: messages }),
})
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Expect<T extends true> = T

/** The names of the inputs, without the two that every builder has; `string` where there may be others. */
function names<Inputs extends object>(_builder: {
  readonly inputs: Inputs
}): Exclude<keyof Inputs & string, 'template' | 'templateVariables'> {
  throw new Error('never run')
}

declare const template: string
const simple = names(new PromptBuilder({ template: 'x {{ y }}' }))
const several = names(
  new PromptBuilder({ template: '{{a}} {{- b.c.d | upper | trim -}}\n{{ a }} { {{ _e1\n}} {{ true }}' }),
)
const none = names(new PromptBuilder({ template: 'Nothing.' }))
const chat = names(new ChatPromptBuilder({ template: 'What is {{ it }}?' }))
const named = names(new PromptBuilder({ template: '{% if a %}{{ b }}{% endif %}', variables: ['a', 'b'] }))
const open = [
  names(new PromptBuilder({ template })),
  names(new PromptBuilder({ template: '{% for a in b %}{{ a }}{% endfor %}' })),
  names(new PromptBuilder({ template: '{# {{ a }} #}' })),
  names(new PromptBuilder({ template: '{{ a + b }}' })),
  names(new PromptBuilder({ template: '{{ a if b else c }}' })),
  names(new PromptBuilder({ template: "{{ a | default('b') }}" })),
  names(new PromptBuilder({ template: '{{ a[b] }}' })),
  names(new ChatPromptBuilder({ template: [ChatMessage.user('{{ a }}')] })),
  names(new ChatPromptBuilder()),
] as const
export type Cases = [
  Expect<Equal<typeof simple, 'y'>>,
  Expect<Equal<typeof several, 'a' | 'b' | '_e1'>>,
  Expect<Equal<typeof none, never>>,
  Expect<Equal<typeof chat, 'it'>>,
  Expect<Equal<typeof named, 'a' | 'b'>>,
  Expect<Equal<(typeof open)[number], string>>,
]

const pipeline = new Pipeline({ prompt: new ChatPromptBuilder({ template: 'x {{ y }}' }), llm: new Model() })
pipeline.connect('prompt.prompt', 'llm.messages')
pipeline.connect('llm.replies', 'prompt.y')
// @ts-expect-error the template has no variable 'whatever'
pipeline.connect('llm.replies', 'prompt.whatever')
export const runs = [
  pipeline.run({ prompt: { y: 1 } }),
  pipeline.run({ y: 1, template: '{{ y }}?' }),
  // @ts-expect-error there is no component 'promt'
  pipeline.run({ promt: { y: 1 } }),
  // @ts-expect-error there is no input 'mesages'
  pipeline.run({ mesages: 5 }),
  // @ts-expect-error the template has no variable 'yy'
  pipeline.run({ prompt: { yy: 1 } }),
]

export const builders = [
  // @ts-expect-error there is no parameter 'requiredVariable'
  new PromptBuilder({ template: 'a', requiredVariable: ['a'] }),
  // @ts-expect-error a template is a text
  new PromptBuilder({ template: 1 }),
]

// A builder of which nothing is known may be any.
export const any: readonly PromptBuilder[] = [new PromptBuilder({ template })]
export const known: readonly PromptBuilder<string, 'a'>[] = [new PromptBuilder({ template: '{{ a }}' })]
