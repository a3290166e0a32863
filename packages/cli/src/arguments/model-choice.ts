import { CliError } from '../errors.ts'

/** One `--model`, taken apart. */
export interface ModelChoice {
  /** With dots for one in a pipeline in the pipeline: `capital.llm`. Undefined: the only one that has a model. */
  readonly component: string | undefined
  readonly model: string
}

const COMPONENT = /^([A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*)=(.*)$/s

/**
 * Reads `llm=PATH` or `PATH`. What stands before the first `=` is a component when it could be the name of one; write
 * a path that looks like that as `./a=b.gguf`.
 *
 * @throws CliError `USAGE_INVALID`
 */
export function parseModelChoice(written: string): ModelChoice {
  const [, component, model] = COMPONENT.exec(written) ?? []
  const choice = component === undefined ? { component, model: written } : { component, model: model ?? '' }
  if (choice.model.trim() !== '') return choice
  throw new CliError(
    'USAGE_INVALID',
    '--model names no model. Write --model model.gguf, or --model llm=model.gguf for one component of several.',
  )
}
