import { TemplateFailure } from './template-failure.ts'

/**
 * What one rendering may take. Made so that no template, whoever wrote it, blocks the process for more than a few
 * seconds or fills its memory.
 */
export const templateLimits = {
  /** Characters of a template. */
  sourceLength: 1_000_000,
  /** Characters of a prompt, and of every text on the way to it. */
  textLength: 10_000_000,
  /** Elements of one list that a template makes. */
  listLength: 1_000_000,
  /** Numbers of one `range`. */
  rangeLength: 100_000,
  /** Nested blocks, expressions and macro calls. */
  depth: 400,
  /** Steps: about one for each part of an expression that is evaluated, and for each 128 characters it gives. */
  work: 5_000_000,
  /** Spaces by which a text is indented. */
  indent: 100,
} as const

/** Characters that cost as much as one step. */
const CHARACTERS_PER_STEP = 128

/** Counts the work of one rendering and stops it when it becomes too much. */
export class WorkBudget {
  #left: number = templateLimits.work

  /** @throws TemplateFailure `TEMPLATE_FAILED` */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left >= 0) return
    throw new TemplateFailure(
      'TEMPLATE_FAILED',
      `It takes more than ${templateLimits.work.toLocaleString('en')} steps. Make its loops or its values smaller.`,
    )
  }

  spendCharacters(count: number): void {
    this.spend(count / CHARACTERS_PER_STEP)
  }

  /** @throws TemplateFailure `TEMPLATE_FAILED` */
  checkLength(characters: number): void {
    if (characters <= templateLimits.textLength) return
    throw new TemplateFailure(
      'TEMPLATE_FAILED',
      `It makes a text of more than ${templateLimits.textLength.toLocaleString('en')} characters.`,
    )
  }

  /** @throws TemplateFailure `TEMPLATE_FAILED` */
  checkItems(count: number): void {
    if (count <= templateLimits.listLength) return
    throw new TemplateFailure(
      'TEMPLATE_FAILED',
      `It makes a list of more than ${templateLimits.listLength.toLocaleString('en')} elements.`,
    )
  }
}
