import { describe, expect, test } from '@jest/globals'
import { engineFor, isolatedEngine } from '../../src/engines/isolated/isolated-engine.ts'
import { llamaNode } from '../../src/engines/llama-node.ts'
import { nodeLlamaCpp } from '../../src/engines/node-llama-cpp.ts'
import { chooseEngine } from '../../src/session/choose-engine.ts'

const needs = [{ option: 'generationKwargs.mirostatMode', engine: 'llama.node' }] as const

describe('chooseEngine', () => {
  test.each([undefined, 'auto', 'node-llama-cpp'] as const)('takes node-llama-cpp for %s', (wanted) => {
    expect(chooseEngine(wanted)).toBe(engineFor(nodeLlamaCpp))
    expect(chooseEngine(wanted, [], 'none')).toBe(nodeLlamaCpp)
  })

  test('takes what is needed for auto', () => {
    expect(chooseEngine('auto', needs).name).toBe('llama.node')
  })

  test('takes what is asked for, whatever is needed: the check of the options tells what it lacks', () => {
    expect(chooseEngine('node-llama-cpp', needs).name).toBe('node-llama-cpp')
  })

  test('gives llama.node a process of its own unless that is refused', () => {
    expect(chooseEngine('llama.node')).toBe(isolatedEngine('llama.node'))
    expect(chooseEngine('llama.node', [], 'none')).toBe(llamaNode)
  })

  test('gives node-llama-cpp one where that is asked for', () => {
    expect(chooseEngine('auto', [], 'process')).toBe(isolatedEngine('node-llama-cpp'))
  })
})
