import { expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { LoadError, Registry } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'

const registry = new Registry([standardComponents, llamaCppComponents])

const parts = `components:
  prompt: { type: PromptBuilder, initParameters: { template: '{{ q }}' } }
  llm: { type: LlamaCppGenerator, initParameters: { model: m.gguf } }
`
const message = `components:
  prompt:
    type: ChatPromptBuilder
    initParameters:
      template:
        - role: user
`
const prompt = (parameters: string) =>
  `components:\n  p: { type: PromptBuilder, initParameters: ${parameters} }\n`
const llm = (parameters: string) =>
  `components:\n  l: { type: LlamaCppGenerator, initParameters: ${parameters} }\n`
const connection = (written: string) => `${parts}connections:\n  - ${written}\n`

/** Mistakes that people make: the text, then of each problem its code, place, and the words that say what to do. */
const mistakes: readonly (readonly [string, string, ...string[]])[] = [
  [
    'a colon in a text',
    `${message}          content: Question: {{ country }}\n`,
    "SYNTAX 7:20 Put the text in quotes: 'Question: {{ country }}'",
  ],
  [
    'a text that begins with {{',
    `${message}          content: {{ country }}\n`,
    "SYNTAX 7:21 Put the text in quotes: '{{ country }}'",
  ],
  [
    'a text after {{ }}',
    `${message}          content: {{ country }} is a land\n`,
    "SYNTAX 7:20 Put the text in quotes: '{{ country }} is a land'",
  ],
  [
    'two colons',
    'metadata:\n  title: Part one: the start\n',
    "SYNTAX 2:10 Put the text in quotes: 'Part one: the start'",
  ],
  ['tabs', 'components:\n\tprompt:\n\t\ttype: PromptBuilder\n', 'SYNTAX 2:1 indented with spaces'],
  [
    'a program',
    "import { Pipeline } from '@millrace/core'\n\nconst a = new Pipeline({ a: [1] })\n",
    'SYNTAX 1:1 --package',
  ],
  ['a quote that is not closed', "metadata: 'abc\n", 'SYNTAX 1:11 The quote that opens here is not closed'],
  ['a list that is not closed', 'metadata: [a, b\n', "SYNTAX 2:1 ']' is missing here"],
  ['two documents', 'components: {}\n---\ncomponents: {}\n', 'SYNTAX 2:1 remove the line, or split the file'],
  ['a key twice', 'metadata: { a: 1, a: 2 }\n', 'SYNTAX 1:19 Remove one of the two'],
  ['a tag', 'metadata: !!python/object x\n', 'SYNTAX 1:11 a file holds plain strings'],
  ['a merge key', 'metadata: { <<: { a: 1 } }\n', 'SYNTAX 1:13 use an alias for the whole value'],
  ['an alias of nothing', 'metadata: [*a]\n', "SYNTAX 1:12 there is no '&a' before it"],
  ['a path for a text', 'pipelines/capital.yaml', 'SHAPE 1:1 use loadPipelineFile'],
  [
    'components as a list',
    'components:\n  - name: prompt\n    type: PromptBuilder\n',
    "SHAPE 1:1 write 'prompt: { type: PromptBuilder, … }'",
  ],
  [
    'a component as a text',
    'components:\n  p: PromptBuilder\n',
    "SHAPE 2:6 write 'p: { type: PromptBuilder }'",
  ],
  ['a misspelt key', 'component:\n  p: { type: PromptBuilder }\n', "SHAPE 1:1 Did you mean 'components'?"],
  ['no type', 'components:\n  p: { initParameters: { template: x } }\n', "SHAPE 2:6 'type' is missing"],
  [
    'a name with a space',
    'components:\n  my prompt: { type: PromptBuilder, initParameters: { template: x } }\n',
    'SHAPE 2:3 letters, digits',
  ],
  [
    'a number for retry',
    'components:\n  p: { type: PromptBuilder, initParameters: { template: x }, retry: 3 }\n',
    'SHAPE 2:69 expected { attempts: integer',
  ],
  ['a limit of nothing', 'components: {}\nmaxRunsPerComponent: 0\n', 'SHAPE 2:22 must be >= 1'],
  [
    'an arrow',
    connection('prompt.prompt -> llm.prompt'),
    'SHAPE 5:5 { sender: prompt.prompt, receiver: llm.prompt }',
  ],
  [
    'from and to',
    connection('{ from: prompt.prompt, to: llm.prompt }'),
    'SHAPE 5:5 { sender: prompt.prompt, receiver: llm.prompt }',
  ],
  [
    'a pair',
    connection('[prompt.prompt, llm.prompt]'),
    'SHAPE 5:5 { sender: prompt.prompt, receiver: llm.prompt }',
  ],
  [
    'a sender without a socket',
    connection('{ sender: prompt, receiver: llm.prompt }'),
    "CONNECTION 5:15 as in 'prompt.prompt'",
  ],
  [
    'a receiver without a socket',
    connection('{ sender: prompt.prompt, receiver: llm }'),
    "CONNECTION 5:40 'llm.prompt', 'llm.generationKwargs'",
  ],
  [
    'swapped ends',
    connection('{ sender: llm.prompt, receiver: prompt.prompt }'),
    'CONNECTION 5:15 are sender and receiver swapped?',
  ],
  [
    'a misspelt component',
    connection('{ sender: promt.prompt, receiver: llm.prompt }'),
    "CONNECTION 5:15 Did you mean 'prompt'?",
  ],
  [
    'a misspelt socket',
    connection('{ sender: prompt.promt, receiver: llm.prompt }'),
    "CONNECTION 5:15 Did you mean 'prompt'?",
  ],
  [
    'a component that feeds itself',
    connection('{ sender: llm.replies, receiver: llm.prompt }'),
    'CONNECTION 5:38 Put another component between',
  ],
  ['a misspelt input', `${parts}inputs: { q: promt.q }\n`, "CONNECTION 4:14 Did you mean 'prompt'?"],
  [
    'an input twice',
    `${parts}inputs: { q: [prompt.q, prompt.q] }\n`,
    'CONNECTION 4:25 Remove one of the two',
  ],
  [
    'a misspelt output',
    `${parts}outputs: { answer: llm.replis }\n`,
    "CONNECTION 4:20 Did you mean 'replies'?",
  ],
  [
    'a misspelt type',
    'components:\n  p: { type: PromptBuildr }\n',
    "UNKNOWN_TYPE 2:14 Did you mean 'PromptBuilder'?",
  ],
  [
    'a file of Haystack',
    'components:\n  l:\n    type: haystack_integrations.components.generators.llama_cpp.LlamaCppChatGenerator\n    init_parameters: { model: m, tools: null, model_kwargs: { n_gpu_layers: 1 }, nctx: 5 }\n',
    'UNKNOWN_TYPE 3:11 LlamaCppChatGenerator',
    "SHAPE 4:5 'initParameters'. Keys are in camelCase, and 'model_kwargs' is 'modelKwargs', 'n_gpu_layers' is 'nGpuLayers'",
    "PARAMETERS 4:82 Did you mean 'nCtx'?",
  ],
  [
    'an agent of Haystack',
    'components:\n  a: { type: haystack.components.agents.agent.Agent }\n',
    "PARAMETERS 2:6 'chatGenerator' is missing",
    "UNKNOWN_TYPE 2:14 'Agent'",
  ],
  [
    'a retriever of Haystack',
    'components:\n  a: { type: InMemoryBM25Retriever }\n',
    'UNKNOWN_TYPE 2:14 add its module with --package',
  ],
  [
    'another generator of Haystack',
    'components:\n  a: { type: AnthropicChatGenerator }\n',
    'UNKNOWN_TYPE 2:14 Use LlamaCppChatGenerator with a GGUF file',
  ],
  [
    'a generator of a package that is not there',
    'components:\n  a: { type: OpenAIChatGenerator }\n',
    'UNKNOWN_TYPE 2:14 npm install @millrace/openai',
  ],
  [
    'snake_case',
    llm('{ model: m, generation_kwargs: { max_tokens: 5 } }'),
    "PARAMETERS 2:61 'generationKwargs'. Keys are in camelCase, and 'max_tokens' is 'maxTokens'",
  ],
  ['a misspelt parameter', llm('{ model: m, nctx: 5 }'), "PARAMETERS 2:61 Did you mean 'nCtx'?"],
  [
    'a missing parameter',
    'components:\n  p: { type: PromptBuilder }\n',
    "PARAMETERS 2:6 'template' is missing",
  ],
  ['a wrong value', llm('{ model: 5 }'), 'PARAMETERS 2:58 expected string'],
  [
    'a role that is none',
    `${message.replace('user', 'usr')}          content: hi\n`,
    "PARAMETERS 6:17 Did you mean 'user'?",
  ],
  [
    'a tool that is not there',
    'components:\n  t: { type: ToolInvoker, initParameters: { tools: [serch] } }\n',
    'PARAMETERS 2:53 --package',
  ],
  [
    'a file that is no YAML',
    'components:\n  s: { type: Pipeline, initParameters: { file: sub.txt } }\n',
    'PARAMETERS 2:48 end in .yaml or .yml',
  ],
  ['a variable that is not allowed', llm("{ model: '${env:MODEL}' }"), 'ENVIRONMENT 2:58 --allow-env MODEL'],
  [
    'a variable where none is looked up',
    prompt("{ template: '${env:HOME}' }"),
    'ENVIRONMENT 2:57 begins with $${env:',
  ],
  [
    'a URL without encryption',
    llm("{ model: 'http://127.0.0.1:8080/m.gguf' }"),
    'PARAMETERS 2:58 --allow-http',
  ],
  ['an open {{', prompt("{ template: '{{ q' }"), "COMPONENT 2:47 '}}' is missing"],
  ['a misspelt filter', prompt("{ template: '{{ q | uper }}' }"), "COMPONENT 2:47 Did you mean 'upper'?"],
]

test.each(mistakes)('%s leads to a message that says what to do', (_, text, ...expected) => {
  const problems = problemsOf(text)
  const heads = expected.map((line) => line.split(' ').slice(0, 2).join(' '))
  expect(problems.map(({ code, line, column }) => `${code.replace('LOAD_', '')} ${line}:${column}`)).toEqual(
    heads,
  )
  for (const [index, line] of expected.entries()) {
    expect(problems[index]?.message).toContain(line.split(' ').slice(2).join(' '))
  }
})

test('there are forty of them at least', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(40)
})

function problemsOf(text: string) {
  try {
    loadPipeline(text, { registry })
  } catch (error) {
    if (LoadError.isInstance(error)) return error.problems
    throw error
  }
  return []
}
