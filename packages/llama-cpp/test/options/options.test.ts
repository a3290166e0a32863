import { describe, expect, test } from '@jest/globals'
import type { Socket } from '@millrace/core'
import { generationOptions } from '../../src/options/generation-options.ts'
import { cacheTypes, loadOptions, numaStrategies } from '../../src/options/options.ts'

/** The names in llama-cpp-python's signatures, as of 0.3.35, without `model_path`'s siblings self and kwargs. */
const pythonLoad = `model_path n_gpu_layers split_mode main_gpu tensor_split vocab_only use_mmap use_mlock kv_overrides
  seed n_ctx n_batch n_ubatch n_threads n_threads_batch rope_scaling_type pooling_type attention_type rope_freq_base
  rope_freq_scale yarn_ext_factor yarn_attn_factor yarn_beta_fast yarn_beta_slow yarn_orig_ctx logits_all embedding
  offload_kqv flash_attn op_offload swa_full no_perf last_n_tokens_size lora_base lora_scale lora_path numa chat_format
  chat_handler draft_model tokenizer type_k type_v spm_infill verbose`
const pythonChat = `functions function_call tool_choice temperature top_p top_k min_p typical_p stream stop seed
  response_format max_tokens presence_penalty frequency_penalty repeat_penalty tfs_z mirostat_mode mirostat_tau
  mirostat_eta model logits_processor grammar logit_bias logprobs top_logprobs`

function camelCased(names: string): string[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
}

function fieldsOf({ type }: Socket) {
  return type.kind === 'object' ? type.fields : {}
}

function defaultsOf(socket: Socket): object {
  const entries = Object.entries(fieldsOf(socket)).map(([name, field]) => [name, field.default])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

describe('loadOptions', () => {
  test("has every option of llama-cpp-python's Llama", () => {
    expect(Object.keys(fieldsOf(loadOptions))).toEqual(expect.arrayContaining(camelCased(pythonLoad)))
  })

  test('has one of its own, and what Haystack and older versions of it had', () => {
    const others = Object.keys(fieldsOf(loadOptions)).filter((name) => !camelCased(pythonLoad).includes(name))
    expect(others).toEqual(['chatTemplate', 'hfTokenizerPath', 'mulMatQ', 'rpcServers'])
  })

  test('has its defaults, but for verbose', () => {
    expect(defaultsOf(loadOptions)).toEqual({
      nGpuLayers: 0,
      useMmap: true,
      useMlock: false,
      flashAttn: false,
      lastNTokensSize: 64,
      loraScale: 1,
      verbose: false,
    })
  })

  test('knows cache types and NUMA strategies by the numbers of llama.cpp', () => {
    expect(cacheTypes).toMatchObject({ F32: 0, F16: 1, Q8_0: 8, IQ4_NL: 20, BF16: 30 })
    expect(numaStrategies).toEqual([false, 'distribute', 'isolate', 'numactl', 'mirror'])
  })
})

describe('generationOptions', () => {
  test("has every option of llama-cpp-python's create_chat_completion but messages and tools", () => {
    expect(Object.keys(fieldsOf(generationOptions))).toEqual(expect.arrayContaining(camelCased(pythonChat)))
  })

  test('has some of its own', () => {
    const others = Object.keys(fieldsOf(generationOptions)).filter(
      (name) => !camelCased(pythonChat).includes(name),
    )
    expect(others).toEqual([
      'contextShift',
      'parallelToolCalls',
      'enableThinking',
      'reasoningBudget',
      'reasoningFormat',
      'chatTemplateKwargs',
    ])
  })

  test('has its defaults for chats', () => {
    expect(defaultsOf(generationOptions)).toEqual({
      temperature: 0.2,
      topP: 0.95,
      topK: 40,
      minP: 0.05,
      frequencyPenalty: 0,
      presencePenalty: 0,
      repeatPenalty: 1,
      contextShift: false,
      reasoningFormat: 'separate',
    })
  })

  test('says of each option what it does', () => {
    for (const options of [loadOptions, generationOptions]) {
      for (const [name, field] of Object.entries(fieldsOf(options))) {
        expect([name, field.description]).toEqual([name, expect.stringMatching(/^\S.*\.$|^\S.*[0-9]$/)])
      }
    }
  })
})
