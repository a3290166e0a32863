import { expect, test } from '@jest/globals'
import { messageOf } from '@millrace/core/component'
import { errnoOf, unreadable } from '../src/model-unreadable.ts'

const systemError = (code: string) => Object.assign(new TypeError('as the system says'), { code })

test.each([
  ['ENOENT', 'MODEL_NOT_FOUND', "There is no file '/m/x.gguf'."],
  ['ENOTDIR', 'MODEL_NOT_FOUND', "There is no file '/m/x.gguf'."],
  [
    'EISDIR',
    'MODEL_UNREADABLE',
    "The model '/m/x.gguf' cannot be read: it is a folder. Name the .gguf file in it.",
  ],
  [
    'EACCES',
    'MODEL_UNREADABLE',
    "The model '/m/x.gguf' cannot be read: this user has no permission to read it.",
  ],
  ['EIO', 'MODEL_UNREADABLE', "The model '/m/x.gguf' cannot be read: as the system says."],
])('%s becomes %s', (errno, code, message) => {
  const cause = systemError(errno)
  expect(unreadable('/m/x.gguf', cause)).toMatchObject({ code, message, path: '/m/x.gguf', cause })
})

test('finds the code of a system error inside others, and none in other values', () => {
  expect(errnoOf(new TypeError('fetch failed', { cause: systemError('ENOTFOUND') }))).toBe('ENOTFOUND')
  expect([errnoOf(new TypeError('plain')), errnoOf('text'), errnoOf(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('reads the message of whatever was thrown', () => {
  expect([messageOf(new TypeError('it')), messageOf('it'), messageOf(undefined)]).toEqual([
    'it',
    'it',
    'undefined',
  ])
})
