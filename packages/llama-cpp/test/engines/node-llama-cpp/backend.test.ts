import { describe, expect, test } from '@jest/globals'
import { deviceOf, expectedGpu, gpuWarnings } from '../../../src/engines/node-llama-cpp/backend.ts'
import { failureOf } from '../../failure-of.ts'

const bindingWith = (...found: ('cuda' | 'vulkan' | false)[]) => ({
  getLlamaGpuTypes: async () => found,
  getModuleVersion: async () => '1.2.3',
})

describe('the device of a model', () => {
  const gpu = { gpu: 'cuda', supportsGpuOffloading: true } as const

  test('is what drives the GPU that layers are on', () => {
    expect(deviceOf(gpu, { gpuLayers: 1 })).toBe('cuda')
  })

  test.each([
    [{ ...gpu, gpu: false as const }, 1],
    [{ ...gpu, supportsGpuOffloading: false }, 1],
    [gpu, 0],
  ])('is the CPU with %j and %d layers on it', (llama, gpuLayers) => {
    expect(deviceOf(llama, { gpuLayers })).toBe('cpu')
  })
})

describe('before anything is loaded', () => {
  test('the binding, or its binary, that is not installed is an error', async () => {
    const { code, message } = await failureOf(expectedGpu(0, () => undefined))
    expect([code, message]).toEqual(['ENGINE_UNAVAILABLE', expect.stringContaining('it is not installed')])
    const alone = (name: string) => (name === 'node-llama-cpp' ? '/none/dist/index.js' : undefined)
    await expect(expectedGpu(0, alone)).rejects.toThrow('it has no binary for this machine')
    expect(await expectedGpu(0)).toEqual([])
  })

  test('a GPU is not expected where the binary for it is missing', async () => {
    const cpuOnly = (name: string) => (/-(cuda|vulkan|metal)$/.test(name) ? undefined : `/none/dist/${name}`)
    expect(await expectedGpu(-1, cpuOnly)).toMatchObject([{ code: 'GPU_UNAVAILABLE' }])
  })
})

describe('layers that shall go to a GPU', () => {
  test('and do, or need not, are no reason to warn', async () => {
    expect(await gpuWarnings(bindingWith(false), -1, 'vulkan')).toEqual([])
    expect(await gpuWarnings(bindingWith(false), 0, 'cpu')).toEqual([])
  })

  test('where there is none: the warning says so', async () => {
    const [warning] = await gpuWarnings(bindingWith(false), -1, 'cpu')
    expect(warning).toEqual({
      code: 'GPU_UNAVAILABLE',
      message:
        'modelKwargs.nGpuLayers is -1, but the model runs on the CPU: no driver of a GPU was found. Install that of CUDA or Vulkan, or leave nGpuLayers out.',
    })
  })

  test('where the binary for it is missing: the warning names the packages', async () => {
    const [warning] = await gpuWarnings(bindingWith('cuda', 'vulkan', false), 20, 'cpu')
    expect(warning?.message).toContain('nGpuLayers is 20')
    expect(warning?.message).toMatch(
      /Install @node-llama-cpp\/[\w-]+-cuda or @node-llama-cpp\/[\w-]+-vulkan in version 1\.2\.3\.$/,
    )
  })
})
