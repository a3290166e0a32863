import type { Components } from '../component/component.ts'
import type { Resource } from '../component/holding/resource.ts'
import { OptionError } from '../errors.ts'
import type { PipelineNames } from '../graph/names.ts'
import { type ComponentPolicy, checkWhole } from '../graph/policy.ts'
import { isPlainObject, type JsonValue } from '../json.ts'
import { refuseUnknownOptions } from '../run/run-options.ts'
import { unknownName } from '../text/names.ts'
import { describeValue } from '../text/show.ts'

/** `inputs` and `outputs` are names that the pipeline gives itself: see `run` and `result.named`. */
export interface PipelineOptions<C extends Components = Components, Named extends string = string>
  extends PipelineNames {
  /** Names that the pipeline gives to inputs: `{ question: ['prompt.question'] }`. */
  readonly inputs?: { readonly [N in Named]: readonly string[] }
  /**
   * How often one component may run within one run: what stops an endless loop.
   *
   * @defaultValue 100
   */
  readonly maxRunsPerComponent?: number
  /** Data about the pipeline, such as its author. `dumpPipeline` writes it. */
  readonly metadata?: Readonly<Record<string, JsonValue>>
  /** Retries and time limits by component. */
  readonly policies?: { readonly [N in keyof C]?: ComponentPolicy }
  /**
   * Names of objects that components share, for the file that `dumpPipeline` writes and for messages. In code nothing else
   * needs them: components share what they hold.
   */
  readonly resources?: Readonly<Record<string, Resource>>
  /** The folder that relative paths in component parameters start from. Absent: the working directory. */
  readonly baseDir?: string
}

const pipelineOptionNames = {
  inputs: true,
  outputs: true,
  maxRunsPerComponent: true,
  metadata: true,
  policies: true,
  resources: true,
  baseDir: true,
} satisfies Record<keyof PipelineOptions, true>

/** @throws OptionError `PIPELINE_INVALID_OPTION` for an unknown option, or a policy of a component that there is not */
export function checkPipelineOptions(options: PipelineOptions, components: object): void {
  if (!isPlainObject(components)) {
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `new Pipeline takes an object of components, as in { prompt: new PromptBuilder({ … }) }, not ${describeValue(components)}.`,
    )
  }
  const given: unknown = options
  if (!isPlainObject(given)) {
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `The options are an object, not ${describeValue(given)}.`,
    )
  }
  checkNamed('inputs', options.inputs, (paths) => Array.isArray(paths) && paths.every(isText))
  checkNamed('outputs', options.outputs, isText)
  refuseUnknownOptions('The option', options, Object.keys(pipelineOptionNames))
  const { maxRunsPerComponent, policies = {} } = options
  if (maxRunsPerComponent !== undefined) checkWhole('maxRunsPerComponent', maxRunsPerComponent, 1)
  const names = Object.keys(components)
  const unknown = Object.keys(policies).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new OptionError('PIPELINE_INVALID_OPTION', `policies: ${unknownName('component', unknown, names)}`)
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function checkNamed(option: 'inputs' | 'outputs', names: unknown, fits: (path: unknown) => boolean): void {
  if (names === undefined) return
  const example =
    option === 'inputs' ? "inputs: { question: ['prompt.question'] }" : "outputs: { answer: 'llm.replies' }"
  const wrong = isPlainObject(names) ? Object.keys(names).find((name) => !fits(names[name])) : ''
  if (wrong === undefined) return
  const place = wrong === '' ? option : `${option}.${wrong}`
  const found = describeValue(isPlainObject(names) ? names[wrong] : names)
  throw new OptionError('PIPELINE_INVALID_OPTION', `${place} is ${found}. It is written ${example}.`)
}
