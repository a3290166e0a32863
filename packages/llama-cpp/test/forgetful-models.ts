import { readFileSync } from 'node:fs'
import { Float, metadataEntries, ones, random, type TensorValues, writeGguf } from './gguf/write-gguf.ts'
import { pocketPath } from './pocket.ts'

const width = 32
const feedForward = 64
const inner = 64
const state = 8

/** How many tokens the sliding layers of the little Gemma look back. */
export const slidingWindow = 32

/**
 * Writes a Gemma 3 whose six layers have a window of 32 tokens, but for the last, with the vocabulary and the template of
 * the pocket model. Its weights mean nothing.
 */
export function writeSlidingModel(path: string): void {
  const values = random(11)
  const matrix = (name: string, from = width, to = width) => values(`${name}.weight`, from, to)
  write(
    path,
    'gemma3',
    {
      feed_forward_length: feedForward,
      'attention.head_count': 2,
      'attention.head_count_kv': 2,
      'attention.key_length': width / 2,
      'attention.value_length': width / 2,
      'attention.sliding_window': slidingWindow,
    },
    6,
    values,
    (layer) => [
      ...['attn_norm', 'post_attention_norm', 'ffn_norm', 'post_ffw_norm'].map((norm) =>
        ones(`${layer}.${norm}.weight`, width),
      ),
      ones(`${layer}.attn_q_norm.weight`, width / 2),
      ones(`${layer}.attn_k_norm.weight`, width / 2),
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((part) => matrix(`${layer}.${part}`)),
      matrix(`${layer}.ffn_gate`, width, feedForward),
      matrix(`${layer}.ffn_up`, width, feedForward),
      matrix(`${layer}.ffn_down`, feedForward, width),
    ],
  )
}

/** Writes a Mamba with two layers, which keeps one state in place of what it read. Its weights mean nothing. */
export function writeRecurrentModel(path: string): void {
  const values = random(13)
  write(
    path,
    'mamba',
    {
      feed_forward_length: 0,
      'attention.head_count': 0,
      'ssm.conv_kernel': 4,
      'ssm.inner_size': inner,
      'ssm.state_size': state,
      'ssm.time_step_rank': 2,
    },
    2,
    values,
    (layer) => [
      ones(`${layer}.attn_norm.weight`, width),
      values(`${layer}.ssm_in.weight`, width, 2 * inner),
      values(`${layer}.ssm_conv1d.weight`, 4, inner),
      values(`${layer}.ssm_conv1d.bias`, inner),
      values(`${layer}.ssm_x.weight`, inner, 2 + 2 * state),
      values(`${layer}.ssm_dt.weight`, 2, inner),
      values(`${layer}.ssm_dt.bias`, inner),
      { name: `${layer}.ssm_a`, shape: [state, inner], values: new Float32Array(state * inner).fill(-1) },
      ones(`${layer}.ssm_d`, inner),
      values(`${layer}.ssm_out.weight`, inner, width),
    ],
  )
}

function write(
  path: string,
  architecture: string,
  fields: Readonly<Record<string, number>>,
  layers: number,
  values: ReturnType<typeof random>,
  layer: (prefix: string) => readonly TensorValues[],
): void {
  const all = {
    ...fields,
    block_count: layers,
    context_length: 2048,
    embedding_length: width,
    'attention.layer_norm_rms_epsilon': new Float(1e-6),
  }
  const prefixed = Object.entries(all).map(([name, value]) => [`${architecture}.${name}`, value] as const)
  writeGguf(
    path,
    { 'general.architecture': architecture, ...Object.fromEntries(prefixed) },
    [
      values('token_embd.weight', width, 1536),
      ones('output_norm.weight', width),
      ...Array.from({ length: layers }, (_, index) => layer(`blk.${index}`)).flat(),
    ],
    metadataEntries(readFileSync(pocketPath), 'tokenizer.'),
  )
}
