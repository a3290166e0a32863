import { access, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type CheckContext, type Finding, type ParametersOf, t, type WarmUpContext } from '@millrace/core'
import { readParameters } from '@millrace/core/component'

/**
 * Names and terms that summaries must spell as they are, from a text file with one on each line. Several components share it.
 *
 * @example
 * const glossary = new Glossary({ path: 'terms.txt' })
 */
export class Glossary {
  static readonly type = 'Glossary'
  static readonly description = 'Names and terms that summaries must spell as they are.'
  static readonly parameters = t.object({
    /** A text file with one term on each line. Relative paths start in the folder of the pipeline file. */
    path: t.string({
      description:
        'A text file with one term on each line. Relative paths start in the folder of the pipeline file.',
    }),
  })

  readonly initParameters: ParametersOf<typeof Glossary>
  #terms: readonly string[] | undefined

  constructor(given: ParametersOf<typeof Glossary>) {
    this.initParameters = readParameters(Glossary, given)
  }

  /** Reads the file. A second call costs nothing. */
  async warmUp({ baseDir }: WarmUpContext = {}): Promise<void> {
    if (this.#terms !== undefined) return
    const text = await readFile(this.#file(baseDir), 'utf8')
    this.#terms = text.split('\n').flatMap((line) => line.trim() || [])
  }

  /** Says whether the file is there, without reading it. */
  async check({ baseDir }: CheckContext = {}): Promise<Finding[]> {
    const file = this.#file(baseDir)
    const isThere = await access(file).then(
      () => true,
      () => false,
    )
    if (isThere) return []
    const message = `There is no file '${file}' with the terms of the glossary.`
    return [{ level: 'error', code: 'MISSING_FILE', message, option: 'path' }]
  }

  /** The terms that a text has. Empty before `warmUp`. */
  termsIn(text: string): readonly string[] {
    return (this.#terms ?? []).filter((term) => text.includes(term))
  }

  close(): void {
    this.#terms = undefined
  }

  #file(baseDir = ''): string {
    return resolve(baseDir, this.initParameters.path)
  }
}
