import { describe, expect, test } from '@jest/globals'
import { jinjaTemplate } from '../../../../src/engines/node-llama-cpp/prompt/jinja-template.ts'
import { learnTools } from '../../../../src/engines/node-llama-cpp/prompt/learned-syntax.ts'
import { thoughtTagsOf } from '../../../../src/engines/node-llama-cpp/prompt/thought-tags.ts'
import { chatTemplates as templates } from '../chat-templates.ts'

function learned(name: keyof typeof templates) {
  const text = templates[name]
  const variables = { bos_token: '<s>', eos_token: '</s>' }
  return learnTools(jinjaTemplate(text), variables, thoughtTagsOf(text))
}

const hermes = {
  prefix: '<tool_call>\n{"name": "',
  middle: '", "arguments": ',
  between: '}\n</tool_call>\n<tool_call>\n{"name": "',
  suffix: '}\n</tool_call>',
  lead: '',
}

describe('what is read off a template about calls', () => {
  test.each([
    ['qwen25', hermes, 'any', false],
    ['qwen3', hermes, 'any', false],
    [
      'llama31',
      { prefix: '{"name": "', middle: '", "parameters": ', between: undefined, suffix: '}', lead: '' },
      'any',
      false,
    ],
    [
      'mistral3',
      {
        prefix: '[TOOL_CALLS] [{"name": "',
        middle: '", "arguments": ',
        between: '}, {"name": "',
        suffix: '}]',
        lead: '',
      },
      'nine',
      false,
    ],
    [
      'mistral11',
      { prefix: '[TOOL_CALLS]', middle: '[ARGS]', between: '[TOOL_CALLS]', suffix: '', lead: '' },
      'any',
      false,
    ],
    ['functionary32', { prefix: '', middle: '\n', between: '>>>', suffix: '', lead: 'all\n' }, 'any', false],
    [
      'functionary31',
      {
        prefix: '<function=',
        middle: '>',
        between: '</function><function=',
        suffix: '</function>',
        lead: '',
      },
      'any',
      false,
    ],
    [
      'deepSeek',
      {
        prefix: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>',
        middle: '\n```json\n',
        between: '\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>',
        suffix: '\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        lead: '',
      },
      'any',
      true,
    ],
  ] as const)('%s', (name, syntax, ids, argumentsAsText) => {
    expect(learned(name)).toEqual({ syntax, ids, argumentsAsText })
  })

  test.each(['gemma', 'openThought'] as const)('is nothing where it knows no tools: %s', (name) => {
    expect(learned(name)).toBeUndefined()
  })
})
