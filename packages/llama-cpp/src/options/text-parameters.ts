import { t } from '@millrace/core'
import { loadSupport, type OptionSupport } from './option-support.ts'
import { LARGEST_CONTEXT, type LoadOptions } from './options.ts'
import { modelParameters } from './parameters.ts'

const { stateFolder: _, ...shared } = modelParameters

const ownParameters = {
  /** The most tokens of a text; 0 for what the model was trained with. */
  nCtx: t.integer({
    default: 0,
    minimum: 0,
    maximum: LARGEST_CONTEXT,
    description: 'The most tokens of a text; 0 for what the model was trained with.',
  }),
  /** The most tokens evaluated in one go. Where the model must see a text whole, also the most that a text may have. */
  nBatch: t.integer({
    default: 512,
    minimum: 1,
    description:
      'The most tokens evaluated in one go. Where the model must see a text whole, also the most that a text may have.',
  }),
  /** The native binding: auto is node-llama-cpp, the one that embeds and ranks. */
  engine: t.optional(t.literal('auto', 'node-llama-cpp'), {
    default: 'auto',
    description: 'The native binding: auto is node-llama-cpp, the one that embeds and ranks.',
  }),
  /** How many texts are evaluated at once, each in a context of its own. */
  slots: t.integer({
    default: 1,
    minimum: 1,
    maximum: 256,
    description: 'How many texts are evaluated at once, each in a context of its own.',
  }),
  /** Cuts off the end of a text that does not fit. false: such a text is an error. */
  truncate: t.boolean({
    default: true,
    description: 'Cuts off the end of a text that does not fit. false: such a text is an error.',
  }),
}

/** The parameters that embedders and rankers have: those of a model that writes nothing. */
export const textParameters: Omit<typeof modelParameters, 'stateFolder' | keyof typeof ownParameters> &
  typeof ownParameters = { ...shared, ...ownParameters }

/** The parameters of components that make one text of a document. */
export const documentParameters = {
  /** Keys of the meta whose values go in front of the content. */
  metaFieldsToEmbed: t.array(t.string({ minLength: 1 }), {
    default: [],
    description: 'Keys of the meta whose values go in front of the content.',
  }),
  /** Stands between them, and before the content. */
  embeddingSeparator: t.string({
    default: '\n',
    description: 'Stands between them, and before the content.',
  }),
}

const USED: readonly (keyof LoadOptions)[] = [
  'modelPath',
  'nCtx',
  'nBatch',
  'nGpuLayers',
  'useMmap',
  'useMlock',
  'kvOverrides',
  'nThreads',
  'numa',
  'verbose',
]

const unused: OptionSupport = { engines: [], instead: 'it has no effect on embeddings and rankings' }

/** Who honours a load option where nothing is generated. What has no effect there is refused. */
export const textSupport: Readonly<Record<keyof LoadOptions, OptionSupport>> = {
  ...(Object.fromEntries(
    Object.entries(loadSupport).map(([name, support]) => [name, supportOf(name, support)]),
  ) as Record<keyof LoadOptions, OptionSupport>),
  poolingType: { engines: ['node-llama-cpp'], neutral: [-1] },
  flashAttn: { engines: [], neutral: [false], instead: 'the binding has none for embeddings and rankings' },
  embedding: { engines: [], neutral: [true], instead: 'an embedder embeds' },
}

function supportOf(name: string, support: OptionSupport): OptionSupport {
  if (support.inert !== undefined || (USED as readonly string[]).includes(name)) return support
  return { ...unused, ...(support.neutral ? { neutral: support.neutral } : {}) }
}
