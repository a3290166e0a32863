/** Values of `gen_ai.provider.name` that the conventions define and that the type of a generator can be read as. */
const wellKnown = [
  'anthropic',
  'cohere',
  'deepseek',
  'groq',
  'mistral_ai',
  'moonshot_ai',
  'openai',
  'perplexity',
  'x_ai',
]

/**
 * `gen_ai.provider.name` for a generator of this type: `LlamaCppChatGenerator` gives `llama_cpp`,
 * `OpenAIChatGenerator` the `openai` of the conventions.
 */
export function providerOf(componentType: string): string {
  const name = componentType.replace(/(Chat)?Generator$/, '') || componentType
  const letters = name.toLowerCase()
  return (
    wellKnown.find((provider) => provider.replaceAll('_', '') === letters) ??
    name
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z\d]+/g, '_')
      .toLowerCase()
  )
}
