import { expect, test } from '@jest/globals'
import type { Socket } from '../../src/schema/socket.ts'
import {
  fileShape,
  haystackKey,
  minimalFile,
  type PipelineFile,
  pythonClass,
} from '../../src/yaml/file-shape.ts'
import { problemsOf } from './refusal.ts'

test('the type of a file and the shape that checks it are the same', () => {
  const asFile: Socket<PipelineFile> = fileShape
  const asShape: typeof fileShape extends Socket<infer Shape> ? Shape : never = {} as PipelineFile
  expect([asFile, asShape]).toEqual([fileShape, {}])
})

test('the example in messages has the right shape', () => {
  expect(new Set(problemsOf(minimalFile).map((problem) => problem.split(' ')[0]))).toEqual(
    new Set(['LOAD_UNKNOWN_TYPE']),
  )
})

test.each([
  ['haystack.components.builders.PromptBuilder', 'PromptBuilder'],
  ['haystack_integrations.components.x.Y', 'Y'],
  ['Echo', undefined],
  ['@acme/components/Echo', undefined],
  ['not a.Path', undefined],
  ['lower.case', undefined],
])('%s has the class %s at its end', (type, name) => {
  expect(pythonClass(type)).toBe(name)
})

test('a key that every object has is no key of Haystack', () => {
  expect(haystackKey('constructor')).toBeUndefined()
})
