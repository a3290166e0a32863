import type * as Binding from 'node-llama-cpp'

/**
 * What renders conversations for a model: its own template. The binding's way to choose tries all the formats it
 * knows against the template first, which blocks the process for 0.6 to 0.9 seconds even with a short template, and
 * takes one only if it gives the same text. Here it is asked where there is no template, or one that cannot be read.
 */
export function chatWrapperOf(model: Binding.LlamaModel, binding: typeof Binding): Binding.ChatWrapper {
  const template: unknown = model.fileInfo.metadata.tokenizer?.chat_template
  if (typeof template === 'string' && template.trim() !== '') {
    try {
      return new binding.JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer })
    } catch {
      // The text of a template also tells of its format.
    }
  }
  return binding.resolveChatWrapper(model, { warningLogs: false, noJinja: true })
}
