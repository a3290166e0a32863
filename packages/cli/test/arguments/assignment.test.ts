import { describe, expect, test } from '@jest/globals'
import { parseAssignment } from '../../src/arguments/assignment.ts'
import { failureOf } from '../failure-of.ts'

describe('parseAssignment', () => {
  test.each([
    ['prompt.country=France', { name: 'prompt.country', text: 'France', isJson: false, isFile: false }],
    ['url=https://a.b/?c=d', { name: 'url', text: 'https://a.b/?c=d', isJson: false, isFile: false }],
    ['empty=', { name: 'empty', text: '', isJson: false, isFile: false }],
    ['a.b= spaces stay ', { name: 'a.b', text: ' spaces stay ', isJson: false, isFile: false }],
    ['lines=one\ntwo', { name: 'lines', text: 'one\ntwo', isJson: false, isFile: false }],
    ['list:=["a"]', { name: 'list', text: '["a"]', isJson: true, isFile: false }],
    ['text=@notes.txt', { name: 'text', text: 'notes.txt', isJson: false, isFile: true }],
    ['path=@C:\\notes.txt', { name: 'path', text: 'C:\\notes.txt', isJson: false, isFile: true }],
    ['list:=@list.json', { name: 'list', text: 'list.json', isJson: true, isFile: true }],
    ['handle=@@alice', { name: 'handle', text: '@alice', isJson: false, isFile: false }],
    ['handle=@@@alice', { name: 'handle', text: '@@alice', isJson: false, isFile: false }],
    ['mail=me@example.org', { name: 'mail', text: 'me@example.org', isJson: false, isFile: false }],
  ])('reads %j', (written, assignment) => {
    expect(parseAssignment(written)).toEqual(assignment)
  })

  test.each(['France', '=France', ':=1', '', '  =x'])('refuses %j', async (written) => {
    expect(await failureOf(() => parseAssignment(written))).toBe(
      `USAGE_INVALID: --set takes name=value, as in --set prompt.country=France, and '${written}' is not of that form.`,
    )
  })

  test('refuses an at sign without a file', async () => {
    expect(await failureOf(() => parseAssignment('text=@'))).toBe(
      'USAGE_INVALID: --set text=@ names no file. Write =@path for the text of a file, or =@@ for an at sign.',
    )
  })
})
