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
