/** What encloses the thoughts of a model in its replies. */
export interface ThoughtTags {
  readonly start: string
  readonly end: string
  /** What is written to end a thought: the end tag, with the white space that the template puts around it. */
  readonly close: string
}

const KNOWN: readonly (readonly [start: string, end: string])[] = [
  ['<think>', '</think>'],
  ['<thought>', '</thought>'],
  ['<thinking>', '</thinking>'],
  ['<seed:think>', '</seed:think>'],
  ['[THINK]', '[/THINK]'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
]

/** The tags that a template speaks of. One that opens the thought itself may have the start only, and the other way round. */
export function thoughtTagsOf(template: string): ThoughtTags | undefined {
  for (const [start, end] of KNOWN) {
    if (!template.includes(start) && !template.includes(end)) continue
    const spaced = (text: string) =>
      template.includes(text) || template.includes(text.replaceAll('\n', '\\n'))
    const before = spaced(`\n${end}`) ? '\n' : ''
    const after = spaced(`${end}\n\n`) ? '\n\n' : spaced(`${end}\n`) ? '\n' : ''
    return { start, end, close: before + end + after }
  }
  return undefined
}

/** Whether a prompt ends within a thought that the template opened. */
export function opensThought(prompt: string, tags: ThoughtTags | undefined): boolean {
  return tags !== undefined && prompt.trimEnd().endsWith(tags.start)
}
