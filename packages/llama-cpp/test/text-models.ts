import { readFileSync } from 'node:fs'
import { Float, metadataEntries, ones, random, writeGguf } from './gguf/write-gguf.ts'
import { pocketPath } from './pocket.ts'

const width = 32
const feedForward = 64

/** What the little BERT knows: these, and every text else letter by letter. */
const words = ['paris', 'is', 'the', 'capital', 'of', 'france', 'berlin', 'germany', 'cats', 'like', 'fish']
const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789.,?!:-_']
const vocabulary = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  ...words.map((word) => `\u2581${word}`),
  ...letters.map((letter) => `\u2581${letter}`),
  ...letters,
]

/**
 * Writes a BERT with one layer: an embedder whose tokens see those after them, and with a head a reranker. Its weights
 * mean nothing.
 */
export function writeBert(
  path: string,
  { pooling, head = false }: { readonly pooling?: number; readonly head?: boolean } = {},
): void {
  const values = random(7)
  const norm = (name: string) => [ones(`${name}.weight`, width), values(`${name}.bias`, width)]
  const linear = (name: string, from: number, to: number) => [
    values(`${name}.weight`, from, to),
    values(`${name}.bias`, to),
  ]
  writeGguf(
    path,
    {
      'general.architecture': 'bert',
      'bert.block_count': 1,
      'bert.context_length': 64,
      'bert.embedding_length': width,
      'bert.feed_forward_length': feedForward,
      'bert.attention.head_count': 2,
      'bert.attention.layer_norm_epsilon': new Float(1e-12),
      'bert.attention.causal': false,
      ...(pooling === undefined ? {} : { 'bert.pooling_type': pooling }),
      'tokenizer.ggml.model': 'bert',
      'tokenizer.ggml.tokens': vocabulary,
      'tokenizer.ggml.token_type': vocabulary.map((_, index) => (index < 5 ? 3 : 1)),
      'tokenizer.ggml.token_type_count': 2,
      'tokenizer.ggml.padding_token_id': 0,
      'tokenizer.ggml.unknown_token_id': 1,
      'tokenizer.ggml.cls_token_id': 2,
      'tokenizer.ggml.bos_token_id': 2,
      'tokenizer.ggml.seperator_token_id': 3,
      'tokenizer.ggml.eos_token_id': 3,
      'tokenizer.ggml.mask_token_id': 4,
    },
    [
      values('token_embd.weight', width, vocabulary.length),
      values('token_types.weight', width, 2),
      values('position_embd.weight', width, 64),
      ...norm('token_embd_norm'),
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].flatMap((part) =>
        linear(`blk.0.${part}`, width, width),
      ),
      ...norm('blk.0.attn_output_norm'),
      ...linear('blk.0.ffn_up', width, feedForward),
      ...linear('blk.0.ffn_down', feedForward, width),
      ...norm('blk.0.layer_output_norm'),
      ...(head ? [...linear('cls', width, width), ...linear('cls.output', width, 1)] : []),
    ],
  )
}

/** Writes a Qwen3 with the vocabulary of the pocket model and the head of a reranker. Its weights mean nothing. */
export function writeQwenRanker(path: string, template = '<q>{query}</q><d>{document}</d>'): void {
  const values = random(3)
  const pocket = readFileSync(pocketPath)
  writeGguf(
    path,
    {
      'general.architecture': 'qwen3',
      'qwen3.block_count': 1,
      'qwen3.context_length': 128,
      'qwen3.embedding_length': width,
      'qwen3.feed_forward_length': feedForward,
      'qwen3.attention.head_count': 2,
      'qwen3.attention.head_count_kv': 2,
      'qwen3.attention.layer_norm_rms_epsilon': new Float(1e-6),
      'qwen3.pooling_type': 4,
      'qwen3.classifier.output_labels': ['yes', 'no'],
      'tokenizer.chat_template.rerank': template,
    },
    [
      values('token_embd.weight', width, 1536),
      ones('output_norm.weight', width),
      ones('blk.0.attn_norm.weight', width),
      ones('blk.0.ffn_norm.weight', width),
      ones('blk.0.attn_q_norm.weight', width / 2),
      ones('blk.0.attn_k_norm.weight', width / 2),
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((part) =>
        values(`blk.0.${part}.weight`, width, width),
      ),
      values('blk.0.ffn_gate.weight', width, feedForward),
      values('blk.0.ffn_up.weight', width, feedForward),
      values('blk.0.ffn_down.weight', feedForward, width),
      values('cls.output.weight', width, 2),
    ],
    metadataEntries(pocket, 'tokenizer.ggml.'),
  )
}
