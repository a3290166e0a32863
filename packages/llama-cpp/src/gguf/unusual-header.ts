import { readVocabulary } from './control-tokens.ts'
import { checkGgufHeader, type GgufHeader, type GgufTensor } from './gguf-header.ts'
import { unusualValue } from './hyperparameters.ts'
import { tensorTypeSizes } from './tensor-type-sizes.ts'

/** Architectures of which a token is attention over those before it, or around it, in every layer. */
const architectures: ReadonlySet<string> = new Set(
  `afmoe apertus arcee arctic baichuan bailingmoe bailingmoe2 bert bitnet bloom chameleon chatglm codeshell cogvlm cohere2
  cohere2moe command-r dbrx deci deepseek deepseek2 deepseek2-ocr deepseek32 dots1 dream ernie4_5 ernie4_5-moe eurobert exaone
  exaone-moe exaone4 falcon gemma gemma-embedding gemma2 gemma3 gemma3n gemma4 glm-dsa glm4 glm4moe gpt-oss gpt2 gptj gptneox
  granite granitemoe grok grovemoe hunyuan-dense hunyuan-moe hunyuan_vl internlm2 jais jais2 jina-bert-v2 jina-bert-v3 lfm2
  lfm2moe llada llada-moe llama llama-embed llama4 maincoder mimo2 minicpm minicpm3 minimax-m2 mistral3 mistral4 modern-bert mpt
  nemotron neo-bert nomic-bert nomic-bert-moe olmo olmo2 olmoe openelm orion paddleocr pangu-embedded phi2 phi3 phimoe plamo
  plamo3 plm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3next qwen3vl qwen3vlmoe qwen35 qwen35moe refact rnd1 seed_oss
  smallthinker smollm3 stablelm starcoder starcoder2 step35 xverse`.split(/\s+/),
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
 * @param parts the files of the model, of which the first has the metadata
 * @param overrides metadata that are taken in place of those of the file
 * @throws LlamaCppError as {@link checkGgufHeader} does
 */
export async function unusualHeader(
  parts: readonly [string, ...string[]],
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<string | undefined> {
  const [file, ...others] = [await checkGgufHeader(parts[0]), ...(await headersOf(parts.slice(1)))]
  const values = { ...file.values, ...overrides } as GgufHeader['values']
  const { 'general.architecture': architecture = file.architecture } = overrides
  const tensors = [file, ...others].flatMap((part) => part.tensors)
  const header = { ...file, values, tensors, architecture: String(architecture) }
  return (
    unusualNumbers(header) ??
    unusualAttention(header) ??
    [file, ...others].map(unusualLayout).find((problem) => problem !== undefined) ??
    unusualTensors(header) ??
    unusualTokenizer(header) ??
    (await unusualVocabulary(parts[0], header))
  )
}

async function headersOf(paths: readonly string[]): Promise<GgufHeader[]> {
  const headers: GgufHeader[] = []
  for (const path of paths) headers.push(await checkGgufHeader(path))
  return headers
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
  if (header.values[`${header.architecture}.attention.head_count_kv`] === 0) return 'it has no heads of keys'
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
    // Compressed keys have shapes of their own.
    const isCompressed = count(header, 'attention.kv_lora_rank') > 0
    const shapes: readonly (readonly [name: string, shape: readonly number[]])[] = [
      ...(isCompressed
        ? []
        : ([
            ['attn_q', [width, headsOf(header, layer) * keyLength(header)]],
            ['attn_k', [width, keyHeadsOf(header, layer) * keyLength(header)]],
          ] as const)),
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
