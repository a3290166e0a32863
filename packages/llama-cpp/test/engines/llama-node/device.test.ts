import { describe, expect, test } from '@jest/globals'
import { describeDevice, findDevice } from '../../../src/engines/llama-node/device.ts'
import { loadBinding } from '../../../src/engines/llama-node/native.ts'

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

  test('is asked of the binary that is installed', async () => {
    expect((await findDevice(await loadBinding(), 0)).device).toBe('cpu')
    expect(typeof (await findDevice(await loadBinding(), -1)).device).toBe('string')
  })
})
