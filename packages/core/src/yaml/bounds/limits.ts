import { OptionError } from '../../errors.ts'
import { checkWhole } from '../../graph/policy.ts'

/**
 * How much a pipeline file may ask of the loader, together with the files that it includes: each of those counts once,
 * its components as often as it is included. A file beyond a limit is refused with `LOAD_LIMIT`.
 */
export interface LoadLimits {
  /**
   * The size of the texts in UTF-8.
   *
   * @defaultValue 1 MiB
   */
  readonly maxBytes?: number
  /**
   * How deep lists and mappings may be nested in one file; at most 600, because the parser is recursive.
   *
   * @defaultValue 64
   */
  readonly maxDepth?: number
  /**
   * How many aliases (`*name`) may be followed. Those in what an alias stands for count each time.
   *
   * @defaultValue 50
   */
  readonly maxAliases?: number
  /** @defaultValue 2000 */
  readonly maxComponents?: number
  /**
   * How many inputs and outputs all components may have together.
   *
   * @defaultValue 10000
   */
  readonly maxSockets?: number
  /**
   * How many keys, values, lists and mappings the texts may have. Comments, empty lines and signs count, too, a fifth
   * each.
   *
   * @defaultValue 20000
   */
  readonly maxNodes?: number
  /**
   * How many values may stand in several places of what is loaded, by aliases or because a file is included again.
   *
   * @defaultValue 50000
   */
  readonly maxExpansions?: number
  /**
   * After so many the rest is not looked at: nobody reads them, and each costs time.
   *
   * @defaultValue 1000
   */
  readonly maxProblems?: number
  /**
   * The most that a file may ask for as `maxRunsPerComponent`, which is what ends a loop that does not end itself.
   *
   * @defaultValue 10000000
   */
  readonly maxRunsPerComponent?: number
}

const defaults: Required<LoadLimits> = {
  maxBytes: 1024 * 1024,
  maxDepth: 64,
  maxAliases: 50,
  maxComponents: 2000,
  maxSockets: 10_000,
  maxNodes: 20_000,
  maxExpansions: 50_000,
  maxProblems: 1000,
  maxRunsPerComponent: 10_000_000,
}

/** How many signs and spaces may be around one node. */
export const TOKENS_PER_NODE = 5

/** How many names one load compares to say what was meant. */
export const MOST_COMPARISONS = 100_000

/**
 * The deepest nesting that the parser follows with a stack of the usual size. It catches its own overflow, but in the
 * middle of a regular expression that ends the process.
 */
const DEEPEST = 600

/** How many pipelines may be around another one, in one file or over several. */
export const MOST_LEVELS_OF_PIPELINES = 16

/** How much of the limits one load has used up, all files together. */
export class Usage {
  bytes = 0
  nodes = 0
  tokens = 0
  sockets = 0
  aliases = 0
  expansions = 0
  components = 0
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` for a limit that is not a whole number, or a depth that is too large */
export function completeLimits(limits: LoadLimits = {}): Required<LoadLimits> {
  const complete = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof LoadLimits)[]) {
    const limit = limits[name]
    if (limit === undefined) continue
    checkWhole(`limits.${name}`, limit, name === 'maxAliases' ? 0 : 1)
    complete[name] = limit
  }
  if (complete.maxDepth > DEEPEST) {
    const message = `limits.maxDepth must be at most ${DEEPEST}, not ${complete.maxDepth}: the parser is recursive.`
    throw new OptionError('PIPELINE_INVALID_OPTION', message)
  }
  return complete
}
