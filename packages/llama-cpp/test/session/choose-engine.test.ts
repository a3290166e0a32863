import { describe, expect, test } from '@jest/globals'
import { careful, isolatedEngine } from '../../src/engines/isolated/isolated-engine.ts'
import { nodeLlamaCpp } from '../../src/engines/node-llama-cpp.ts'
import { chooseEngine } from '../../src/session/choose-engine.ts'
import { failureOf } from '../failure-of.ts'
import { ScriptedEngine } from '../scripted-engine.ts'

describe('chooseEngine', () => {
  test.each([{}, { engine: 'auto' }, { engine: 'node-llama-cpp' }] as const)(
    'takes node-llama-cpp, in this process unless a model is risky to load, for %j',
    (parameters) => {
      expect(chooseEngine(parameters)).toBe(careful(nodeLlamaCpp))
    },
  )

  test('takes node-llama-cpp in this process for every model where that is asked for', () => {
    expect(chooseEngine({ isolation: 'none' })).toBe(nodeLlamaCpp)
  })

  test('takes llama.node, in a process of its own, for images, and where it is asked for', () => {
    const llamaNode = isolatedEngine('llama.node')
    expect(llamaNode.name).toBe('llama.node')
    expect(chooseEngine({ modelClipPath: 'mmproj.gguf' })).toBe(llamaNode)
    expect(chooseEngine({ engine: 'llama.node', isolation: 'process' })).toBe(llamaNode)
  })

  test('does not run llama.node in this process, which a failed load would end', async () => {
    for (const parameters of [{ engine: 'llama.node' }, { modelClipPath: 'mmproj.gguf' }] as const) {
      const error = await failureOf(() => chooseEngine({ ...parameters, isolation: 'none' }))
      expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', option: 'isolation' })
      expect(error.message).toMatch(/Leave 'isolation' out\.$/)
    }
  })

  test('takes what is asked for, whatever is needed: the check of the options says what it lacks', () => {
    expect(chooseEngine({ engine: 'node-llama-cpp', modelClipPath: 'mmproj.gguf' })).toBe(
      careful(nodeLlamaCpp),
    )
  })

  test('gives node-llama-cpp a process of its own where that is asked for', () => {
    expect(chooseEngine({ isolation: 'process' })).toBe(isolatedEngine('node-llama-cpp'))
  })

  test('takes the engine that a test gives, or what that makes of the one that is asked for', () => {
    const scripted = new ScriptedEngine()
    expect(chooseEngine({ isolation: 'process' }, scripted)).toBe(scripted)
    const wrapped = chooseEngine({ engine: 'llama.node' }, (asked) => ({ ...asked, needsFiles: false }))
    expect(wrapped).toMatchObject({ name: 'llama.node', needsFiles: false })
  })
})
