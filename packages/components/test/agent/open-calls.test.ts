import { describe, expect, test } from '@jest/globals'
import { ChatMessage, ToolCall } from '@millrace/core'
import { answerOpenCalls } from '../../src/agent/open-calls.ts'
import { linesOf } from './parts.ts'

const call = (name: string, id?: string) => ToolCall.create(id === undefined ? { name } : { name, id })
const calling = (...toolCalls: ToolCall[]) => ChatMessage.assistant({ toolCalls })
const result = (origin: ToolCall) => ChatMessage.tool({ result: 'ok', origin })

describe('answerOpenCalls', () => {
  test('leaves a conversation alone in which all calls have a result', () => {
    const messages = [
      calling(call('a', '1'), call('b', '2')),
      result(call('b', '2')),
      result(call('a', '1')),
      ChatMessage.user('Go on'),
    ]
    expect(answerOpenCalls(messages, 'no')).toEqual(messages)
  })

  test('puts results behind those that are there, before what follows', () => {
    const messages = [
      calling(call('a', '1'), call('b', '2')),
      result(call('b', '2')),
      ChatMessage.user('Go on'),
      calling(call('c', '3')),
    ]
    expect(linesOf(answerOpenCalls(messages, 'no'))).toEqual([
      'assistant: 1: a({}) 2: b({})',
      'tool: 2 = ok',
      'tool: 1 ! no',
      'user: Go on',
      'assistant: 3: c({})',
      'tool: 3 ! no',
    ])
  })

  test('matches calls without ids by their names, each result once', () => {
    const messages = [calling(call('a'), call('a'), call('b')), result(call('a')), result(call('b'))]
    expect(linesOf(answerOpenCalls(messages, 'no')).slice(1)).toEqual([
      'tool: undefined = ok',
      'tool: undefined = ok',
      'tool: undefined ! no',
    ])
  })
})
