import { readVocabulary } from './control-tokens.ts'
import { checkGgufHeader, type GgufHeader, type GgufTensor } from './gguf-header.ts'
import { unusualValue } from './hyperparameters.ts'
import { tensorTypeSizes } from './tensor-type-sizes.ts'

/** Architectures whose models are loaded by many every day. */
const architectures: ReadonlySet<string> = new Set(
  `llama llama4 mistral3 gemma gemma2 gemma3 gemma3n gemma4 qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3vl qwen3vlmoe phi2
  phi3 gpt2 gpt-oss starcoder2 stablelm falcon command-r cohere2 olmo olmo2 granite granitemoe deepseek2 glm4 glm4moe
  exaone exaone4 smollm3 internlm2 minicpm minicpm3 nemotron seed_oss ernie4_5 hunyuan-dense lfm2 baichuan bert nomic-bert
  jina-bert-v2 modern-bert gemma-embedding`.split(/\s+/),
)
const tokenizers: ReadonlySet<unknown> = new Set(['gpt2', 'llama', 'bert', 't5', 'gemma4'])
const ropeScalings: ReadonlySet<unknown> = new Set([undefined, 'none', 'linear', 'yarn', 'longrope'])
const needed = [
  'block_count',
  'context_length',
  'embedding_length',
  'feed_forward_length',
  'attention.head_count',
]
const epsilons = ['attention.layer_norm_rms_epsilon', 'attention.layer_norm_epsilon']

/**
 * Why llama.cpp may end the process that loads this file, as it does where others throw: what is unlike all models that
 * people use, in its hyperparameters, its vocabulary or its tensors. Undefined where nothing is.
 *
 * @param overrides metadata that are taken in place of those of the file
 * @throws LlamaCppError as {@link checkGgufHeader} does
 */
export async function unusualHeader(
  path: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<string | undefined> {
  const file = await checkGgufHeader(path)
  const values = { ...file.values, ...overrides } as GgufHeader['values']
  const { 'general.architecture': architecture = file.architecture } = overrides
  const header = { ...file, values, architecture: String(architecture) }
  return (
    unusualNumbers(header) ??
    unusualAttention(header) ??
    unusualLayout(header) ??
    unusualTensors(header) ??
    unusualTokenizer(header) ??
    (await unusualVocabulary(path, header))
  )
}

function unusualNumbers({ architecture = '', values, alignment }: GgufHeader): string | undefined {
  if (!architectures.has(architecture)) return `its architecture '${architecture}' is not a common one`
  if (alignment < 32 || alignment > 2 ** 20) return `its alignment is ${alignment}`
  for (const key of needed) {
    if (values[`${architecture}.${key}`] === undefined) return `it has no '${architecture}.${key}'`
  }
  if (epsilons.every((key) => typeof values[`${architecture}.${key}`] !== 'number'))
    return `it has no '${architecture}.${epsilons[0]}'`
  for (const [key, value] of Object.entries(values)) {
    const problem = key.startsWith(`${architecture}.`) ? unusualValue(key, value) : undefined
    if (problem !== undefined) return problem
  }
  const scaling = values[`${architecture}.rope.scaling.type`]
  return ropeScalings.has(scaling) ? undefined : `'${architecture}.rope.scaling.type' is '${scaling}'`
}

/** What llama.cpp divides by each other. */
function unusualAttention(header: GgufHeader): string | undefined {
  const layers = count(header, 'block_count')
  for (let layer = 0; layer < layers; layer += 1) {
    const [heads, ofKeys] = [headsOf(header, layer), keyHeadsOf(header, layer)]
    if (!Number.isInteger(heads / ofKeys))
      return `it has ${heads} heads for ${ofKeys} of keys in layer ${layer}`
  }
  const length = keyLength(header)
  if (!Number.isInteger(length)) return 'the length of its heads is not a whole number'
  const turned = count(header, 'rope.dimension_count')
  if (turned > length || turned % 2 !== 0) return `it turns ${turned} of the ${length} values of a head`
  const [experts, used] = [count(header, 'expert_count'), count(header, 'expert_used_count')]
  if (used > experts || (experts > 0 && used === 0)) return `it uses ${used} of ${experts} experts`
  if (count(header, 'nextn_predict_layers') >= layers) return 'all of its layers predict further tokens'
  return undefined
}

/** Each tensor stands behind the one before, in whole blocks. */
function unusualLayout({ tensors, alignment }: GgufHeader): string | undefined {
  let end = 0
  for (const { name, shape, type, offset, bytes } of tensors) {
    if (offset !== end) return `its tensor '${name}' does not stand behind the one before`
    const [row = 0] = shape
    if (
      shape.some((length) => length < 1) ||
      row === 0 ||
      row % (tensorTypeSizes.get(type)?.values ?? 1) !== 0
    )
      return `its tensor '${name}' has rows of ${row}`
    end = Math.ceil((offset + bytes) / alignment) * alignment
  }
  return undefined
}

/** Hyperparameters that the tensors do not agree with. */
function unusualTensors(header: GgufHeader): string | undefined {
  const { tensors, vocabularySize } = header
  const [width, layers] = [count(header, 'embedding_length'), count(header, 'block_count')]
  const named = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  if (!hasShape(named.get('token_embd.weight'), [width, vocabularySize]))
    return "its tensor 'token_embd.weight' has not the shape of its vocabulary"
  const numbered = tensors
    .map(({ name }) => /^blk\.(\d+)\./.exec(name)?.[1])
    .filter((layer) => layer !== undefined)
  if (new Set(numbered).size !== layers || numbered.some((layer) => Number(layer) >= layers))
    return `its tensors are not those of ${layers} layers`
  for (let layer = 0; layer < layers; layer += 1) {
    const shapes: readonly (readonly [name: string, shape: readonly number[]])[] = [
      ['attn_q', [width, headsOf(header, layer) * keyLength(header)]],
      ['attn_k', [width, keyHeadsOf(header, layer) * keyLength(header)]],
      ['ffn_down', [count(header, 'feed_forward_length', layer), width]],
    ]
    for (const [name, shape] of shapes) {
      const tensor = named.get(`blk.${layer}.${name}.weight`)
      if (tensor && !hasShape(tensor, shape))
        return `its tensor '${tensor.name}' has not the shape ${shape.join(' × ')}`
    }
  }
  return undefined
}

function hasShape(tensor: GgufTensor | undefined, shape: readonly number[]): boolean {
  return tensor?.shape.length === shape.length && shape.every((length, at) => tensor.shape[at] === length)
}

function unusualTokenizer({ values, vocabularySize }: GgufHeader): string | undefined {
  const kind = values['tokenizer.ggml.model']
  if (!tokenizers.has(kind)) return `its tokenizer '${kind}' is not a common one`
  for (const [key, value] of Object.entries(values)) {
    if (!/^tokenizer\.ggml\.\w+_token_id$/.test(key)) continue
    const isToken =
      typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < vocabularySize
    if (!isToken) return `'${key}' is ${value}, which is not a token of its ${vocabularySize}`
  }
  for (const end of ['bos', 'eos']) {
    const isAdded = values[`tokenizer.ggml.add_${end}_token`] === true
    if (isAdded && values[`tokenizer.ggml.${end}_token_id`] === undefined)
      return `it adds a token '${end}' and has none`
  }
  return undefined
}

async function unusualVocabulary(path: string, { values }: GgufHeader): Promise<string | undefined> {
  const { tokens, types } = await readVocabulary(path)
  if (types.length !== tokens.length) return `it has ${tokens.length} tokens, and types of ${types.length}`
  if (types.some((type) => type < 1 || type > 6)) return 'it has tokens of types that do not exist'
  // llama.cpp reads a text to its first zero, and gives tokens without a text names of their own.
  const texts = new Set<string>()
  let nameless = 0
  for (const token of tokens) {
    const text = token.includes('\0') ? token.slice(0, token.indexOf('\0')) : token
    if (text === '') nameless += 1
    else texts.add(text)
  }
  if (texts.size + nameless !== tokens.length) return 'it has a token twice'
  const isByFragments = values['tokenizer.ggml.model'] === 'llama'
  return isByFragments && !(texts.has('<0x00>') && texts.has('<0xFF>'))
    ? 'it has no tokens for bytes'
    : undefined
}

/** A number, or that of one layer; 0 where there is none. */
function count({ architecture, values }: GgufHeader, key: string, layer = 0): number {
  const given = values[`${architecture}.${key}`]
  const ofLayer = Array.isArray(given) ? given[layer] : given
  return typeof ofLayer === 'number' ? ofLayer : 0
}

function headsOf(header: GgufHeader, layer: number): number {
  return count(header, 'attention.head_count', layer)
}

function keyHeadsOf(header: GgufHeader, layer: number): number {
  return count(header, 'attention.head_count_kv', layer) || headsOf(header, layer)
}

function keyLength(header: GgufHeader): number {
  return count(header, 'attention.key_length') || count(header, 'embedding_length') / headsOf(header, 0)
}
