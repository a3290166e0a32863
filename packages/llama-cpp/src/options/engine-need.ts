import { LlamaCppError } from '../errors.ts'
import type { OptionSupport } from './option-support.ts'
import type { EngineName } from './options.ts'

/** Something that was asked for and that one engine alone honours. */
export interface EngineNeed {
  readonly option: string
  readonly engine: EngineName
}

/** What the given options of a group need; parameters are of no group. Unknown options are not looked at here. */
export function needsOf(
  group: string | undefined,
  given: object,
  support: Readonly<Record<string, OptionSupport>>,
): EngineNeed[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const row = Object.hasOwn(support, name) ? support[name] : undefined
    const [engine, another] = row?.engines ?? []
    if (value === undefined || engine === undefined || another !== undefined) return []
    return row?.neutral?.includes(value)
      ? []
      : [{ option: group === undefined ? name : `${group}.${name}`, engine }]
  })
}

/**
 * The engine for what is needed: `node-llama-cpp`, which batches its slots, unless something needs the other.
 *
 * @throws LlamaCppError `OPTION_INVALID` when no engine honours all of it
 */
export function engineForNeeds(needs: readonly EngineNeed[]): EngineName {
  const [first] = needs
  if (!first) return 'node-llama-cpp'
  const other = needs.find(({ engine }) => engine !== first.engine)
  if (!other) return first.engine
  throw new LlamaCppError(
    'OPTION_INVALID',
    `'${first.option}' needs engine '${first.engine}', but '${other.option}' needs '${other.engine}': no engine honours both. Leave one of them out.`,
    { option: other.option, engine: other.engine },
  )
}
