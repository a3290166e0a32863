import { describe, expect, test } from '@jest/globals'
import { messageOf } from '@millrace/core/component'
import type * as Binding from 'node-llama-cpp'
import {
  contextFailure,
  engineFailure,
  loadFailure,
  unavailable,
} from '../../../src/engines/node-llama-cpp/failures.ts'
import { LlamaCppError } from '../../../src/errors.ts'

class InsufficientMemoryError extends RangeError {}

const binding = {
  InsufficientMemoryError,
  GgufArchitectureType: { llama: 'llama', qwen3: 'qwen3' },
} as unknown as typeof Binding
const cause = new RangeError('Failed to load model')
const path = '/models/a.gguf'

describe('unavailable', () => {
  test('says which machine, why, and what to install', () => {
    const error = unavailable(new RangeError('no binary'), ['--enable-source-maps'])
    expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', engine: 'node-llama-cpp' })
    expect(error.message).toBe(
      `Engine 'node-llama-cpp' cannot start on ${process.platform}-${process.arch}: no binary. Its native binary comes with an optional dependency: install again without omitting optional dependencies.`,
    )
  })
})

test.each([['-e'], ['--eval=x'], ['--input-type=module', '-p']])(
  'knows that a child process cannot start from node %s',
  (...execArgv) => {
    expect(unavailable(new RangeError('NoBinaryFoundError'), execArgv).message).toBe(
      `Engine 'node-llama-cpp' cannot start on ${process.platform}-${process.arch}: NoBinaryFoundError. It tries its native binary in a child process first, which does not work from \`node -e\`: write the script to a file.`,
    )
  },
)

describe('loadFailure', () => {
  test("gives llama.cpp's own words", async () => {
    const error = await loadFailure(cause, path, ['wrong shape', 'failed'], binding)
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', path, engine: 'node-llama-cpp', cause })
    expect(error.message).toBe(
      "llama.cpp could not load '/models/a.gguf': Failed to load model: wrong shape failed",
    )
  })

  test('does without them, and without reading the file', async () => {
    const { code, message } = await loadFailure(cause, path, [], binding)
    expect(code).toBe('MODEL_LOAD_FAILED')
    expect(message).toBe("llama.cpp could not load '/models/a.gguf': Failed to load model")
  })

  test('knows too little memory', async () => {
    const error = await loadFailure(new InsufficientMemoryError('8 GB needed'), path, ['noise'], binding)
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', path })
    expect(error.message).toBe(
      "There is not enough memory to load '/models/a.gguf': 8 GB needed. Use a smaller quantization or a smaller model.",
    )
  })

  test('passes on errors of our own', async () => {
    const own = new LlamaCppError('CLOSED', 'Closed.')
    expect(await loadFailure(own, path, [], binding)).toBe(own)
  })
})

describe('contextFailure', () => {
  test.each([
    { why: new InsufficientMemoryError('too large'), words: ['noise'], said: 'too large' },
    {
      why: new RangeError('no'),
      words: ['failed to allocate buffer'],
      said: 'no: failed to allocate buffer',
    },
  ])('knows too little memory from $said', ({ why, words, said }) => {
    const error = contextFailure(why, 4096, 2, words, binding)
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', engine: 'node-llama-cpp', cause: why })
    expect(error.message).toBe(
      `There is not enough memory for a context of 4096 tokens for 2 slots: ${said}. Lower nCtx or slots.`,
    )
  })

  test("gives llama.cpp's own words", () => {
    const error = contextFailure(new RangeError('no'), 4096, 1, ['bad cache type'], binding)
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', engine: 'node-llama-cpp' })
    expect(error.message).toBe(
      'llama.cpp could not make a context of 4096 tokens for 1 slot: no: bad cache type',
    )
  })
})

describe('engineFailure', () => {
  test('says that the engine failed during a request', () => {
    const error = engineFailure(new RangeError('decode failed'))
    expect(error).toMatchObject({ code: 'ENGINE_FAILED', engine: 'node-llama-cpp' })
    expect((error as LlamaCppError).message).toBe(
      "Engine 'node-llama-cpp' failed during a request: decode failed",
    )
  })

  test('passes on errors of our own', () => {
    const own = new LlamaCppError('CONTEXT_OVERFLOW', 'Too long.')
    expect(engineFailure(own)).toBe(own)
  })
})

describe('messageOf', () => {
  test.each([
    { thrown: new RangeError('broken'), reason: 'broken' },
    { thrown: { message: 'from another realm' }, reason: 'from another realm' },
    { thrown: 'a text', reason: 'a text' },
    { thrown: undefined, reason: 'undefined' },
  ])('is $reason', ({ thrown, reason }) => {
    expect(messageOf(thrown)).toBe(reason)
  })
})
