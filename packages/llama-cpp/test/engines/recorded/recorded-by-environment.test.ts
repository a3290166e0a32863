import { describe, expect, test } from '@jest/globals'
import { nodeLlamaCpp } from '../../../src/engines/node-llama-cpp.ts'
import { recordedByEnvironment } from '../../../src/engines/recorded/recorded-by-environment.ts'
import { failureOf } from '../../failure-of.ts'

describe('MILLRACE_RECORD', () => {
  test('leaves the engine alone when it is not set, or empty', () => {
    expect(recordedByEnvironment(nodeLlamaCpp, undefined)).toBe(nodeLlamaCpp)
    expect(recordedByEnvironment(nodeLlamaCpp, '')).toBe(nodeLlamaCpp)
  })

  test('gives one engine for one folder and mode', () => {
    const replaying = recordedByEnvironment(nodeLlamaCpp, 'replay:tests/recordings')
    expect(replaying).toMatchObject({ name: 'node-llama-cpp', needsFiles: false })
    expect(recordedByEnvironment(nodeLlamaCpp, 'replay:tests/recordings')).toBe(replaying)
    const recording = recordedByEnvironment(nodeLlamaCpp, 'record:tests/recordings')
    expect(recording).not.toBe(replaying)
    expect(recording.needsFiles).toBeUndefined()
  })

  test.each(['tests/recordings', 'record:', 'auto:tests', 'C:\\recordings'])('refuses %s', async (value) => {
    const error = await failureOf(() => recordedByEnvironment(nodeLlamaCpp, value))
    expect([error.code, error.message]).toEqual([
      'OPTION_INVALID',
      `The environment variable 'MILLRACE_RECORD' is '${value}'. Set it to 'record:FOLDER' to write down what models answer, to 'replay:FOLDER' to answer from there, or to nothing.`,
    ])
  })
})
