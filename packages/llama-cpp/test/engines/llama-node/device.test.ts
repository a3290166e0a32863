import { describe, expect, test } from '@jest/globals'
import { describeDevice, expectedDevice, findDevice } from '../../../src/engines/llama-node/device.ts'
import { loadBinding, PACKAGE } from '../../../src/engines/llama-node/native.ts'

const x64 = { platform: 'linux', arch: 'x64' } as const
const arm = { platform: 'linux', arch: 'arm64' } as const
const codes = (...given: Parameters<typeof describeDevice>) =>
  describeDevice(...given).warnings.map(({ code }) => code)

describe('the device of a model', () => {
  test('is a GPU where there is one, and nothing is said', () => {
    expect(describeDevice(-1, 'vulkan', 'vulkan', x64)).toEqual({ device: 'vulkan', warnings: [] })
  })

  test('is the CPU where layers shall go to a GPU: the warning says what is missing', () => {
    const [none] = describeDevice(-1, undefined, undefined, arm).warnings
    expect(none?.message).toContain("Install '@fugood/node-llama-linux-arm64-cuda' or")
    const [blind] = describeDevice(-1, 'vulkan', undefined, arm).warnings
    expect(blind?.message).toContain("'@fugood/node-llama-linux-arm64-vulkan' finds no GPU")
  })

  test('is slow as an x64 CPU, and the warning says so', () => {
    expect(codes(0, undefined, undefined, x64)).toEqual(['SLOW_BINARY'])
    expect(codes(-1, undefined, undefined, x64)).toEqual(['GPU_UNAVAILABLE', 'SLOW_BINARY'])
    expect(codes(0, undefined, undefined, arm)).toEqual([])
  })

  test('is expected by the packages that are installed, before anything is loaded', () => {
    const binary = `@fugood/node-llama-${process.platform}-${process.arch}`
    const found = (layers: number, ...installed: string[]) =>
      expectedDevice(layers, (name) => (installed.includes(name) ? name : undefined)).map(({ code }) => code)
    expect(() => found(0)).toThrow(
      expect.objectContaining({
        code: 'ENGINE_UNAVAILABLE',
        message: expect.stringMatching(/it is not installed.* npm install @fugood\/llama\.node@/),
      }),
    )
    expect(() => found(0, PACKAGE)).toThrow('it has no binary for this machine')
    expect(found(0, PACKAGE, binary)).toEqual(codes(0, undefined, undefined))
    // What this one finds is known when it is loaded.
    expect(found(-1, PACKAGE, binary, `${binary}-cuda`)).toEqual([])
    if (process.platform !== 'darwin') expect(found(-1, PACKAGE, binary)).toContain('GPU_UNAVAILABLE')
  })

  test('is asked of the binary that is installed', async () => {
    expect((await findDevice(await loadBinding(), 0)).device).toBe('cpu')
    expect(typeof (await findDevice(await loadBinding(), -1)).device).toBe('string')
  })
})
