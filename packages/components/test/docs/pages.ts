// What docs/components.md says of each component beyond its declaration: an example, and how it differs from Haystack's.
import { ChatMessage, Document, Pipeline, type Tool, ToolCall, t, tool } from '@millrace/core'
import { PromptBuilder } from '../../src/builders/prompt-builder.ts'
import { ScriptedChatGenerator } from '../../src/generators/scripted-chat-generator.ts'
import { ComponentTool } from '../../src/tools/component-tool.ts'
import { PipelineTool } from '../../src/tools/pipeline-tool.ts'
import { ExampleChatGenerator } from '../generators/example-chat-generator.ts'

export interface Page {
  readonly initParameters?: object
  /** Makes the parameters anew for each component, where they hold components. */
  readonly make?: () => object
  /** What the example is run with. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** How it differs from Haystack's component of this name. */
  readonly differences: readonly string[]
  /** Null where Haystack has no such component. */
  readonly haystack?: null
}

/** A class of tools: an example, and how it differs from Haystack's. */
export interface ToolPage {
  readonly make: () => Tool
  /** What the example is called with. */
  readonly arguments: Readonly<Record<string, unknown>>
  readonly differences: readonly string[]
}

const greeting = () => new PromptBuilder({ template: 'Good {{ time }}, {{ name }}!' })

export const toolPages: Readonly<Record<string, ToolPage>> = {
  ComponentTool: {
    make: () =>
      new ComponentTool({
        component: greeting(),
        name: 'greet',
        description: 'Greet somebody.',
        inputs: { time: 'morning' },
        arguments: ['name'],
      }),
    arguments: { name: 'Ada' },
    differences: [
      'Arguments are checked and converted before the component runs. Messages and documents are texts for the model; there they are objects with the fields of the class.',
      'What a model cannot write is left out of the parameters. `inputs` and `arguments` are ours.',
      'Of several outputs `outputsToString.source` chooses one. Of messages the model reads the text.',
    ],
  },
  PipelineTool: {
    make: () =>
      new PipelineTool({
        pipeline: new Pipeline({ greeting: greeting() }) as never,
        name: 'greet',
        description: 'Greet somebody.',
        inputMapping: { who: ['greeting.name'], when: ['greeting.time'] },
        outputMapping: { 'greeting.prompt': 'greeting' },
      }),
    arguments: { who: 'Ada', when: 'evening' },
    differences: ['As for `ComponentTool`.', 'An end of `inputMapping` may stand without a list.'],
  },
}

/** What a package may register, so that files name it. */
export const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const paris = Document.create({ id: 'p', content: 'Paris is in France.', meta: { language: 'en', page: 3 } })
const rom = Document.create({ id: 'r', content: 'Rom liegt in Italien.', meta: { language: 'de', page: 9 } })
const answer = (data: string, score: number) => ({ data, query: 'Who?', documents: [], meta: {}, score })

export const pages: Readonly<Record<string, Page>> = {
  PromptBuilder: {
    initParameters: { template: 'What is the capital of {{ country }}?' },
    inputs: { country: 'France' },
    differences: [
      'A variable that is not given is an error, unless `requiredVariables` leaves it out. Haystack requires none, and warns.',
      'A name in `templateVariables` that the template does not read is an error.',
    ],
  },
  ChatPromptBuilder: {
    initParameters: { template: [{ role: 'user', content: 'What is the capital of {{ country }}?' }] },
    inputs: { country: 'France' },
    differences: [
      'As for `PromptBuilder`.',
      '`{ insert: history }` stands for the messages in a variable, and `{ type: image, variable: photo }` for an image.',
      'A string without `{% message %}` blocks is one user message.',
    ],
  },
  AnswerBuilder: {
    initParameters: { referencePattern: '\\[(\\d+)\\]' },
    inputs: {
      query: 'Where is Paris?',
      replies: ['In France [1] [7].'],
      documents: [Document.create({ id: 'p', content: 'Paris is in France.' })],
    },
    differences: [
      'A reference that is not the number of a document is in `meta.unknownReferences` of the answer. There it is a warning in the log, `[0]` the last document, and a word fails.',
      'Regular expressions are those of JavaScript, [matched without backtracking](tools.md#patterns). A pattern with two groups, or one that cannot be read, is an error when the component is made.',
      '`expandReferenceRanges` is a parameter alone, not an input.',
    ],
  },
  ConditionalRouter: {
    initParameters: {
      routes: [
        {
          condition: '{{ documents | length > 0 }}',
          output: 'documents',
          outputName: 'found',
          outputType: 'documents',
        },
        { output: 'query', outputName: 'ask', outputType: 'string' },
      ],
    },
    inputs: { documents: [], query: 'Where is Paris?' },
    differences: [
      'A condition is the value of its `{{ … }}`, and not what its text reads as: the text `False` is not false. A condition that gives a text is an error which names the route.',
      'An output is the value of its `{{ … }}`, too, so that `{{ documents }}` passes documents on; or it is the name of an input, for which Haystack has `output_passthrough`. A constant of one word is written as `{{ "word" }}`.',
      'No value is guessed from a text, except by `outputType`: `12` of type `integer` is a number, of type `any` a text. An output that is not of its type is always an error.',
      'The last route may go without a condition. No route is an error with the values.',
      '`inputTypes` gives types to the variables; there every variable takes any value.',
      'Several outputs of one route are a list of `{ output, outputName, outputType }`, and not three lists.',
      'One output with two types, or twice in one route, a name in `optionalVariables` that nothing reads, and a filter that does not exist are errors when the router is made.',
      'There are neither `custom_filters` nor `unsafe`.',
    ],
  },
  FileTypeRouter: {
    initParameters: { mimeTypes: ['text/*', 'application/json'] },
    inputs: { sources: ['README.md', 'package.json', 'gone.txt'] },
    differences: [
      'MIME types are compared without case and parameters, and without `x-`: `Text/Plain; charset=utf-8` is `text/plain`, and `audio/x-wav` is `audio/wav`.',
      '`text/*` is all of a kind. An entry that is exactly the type wins over a pattern in front of it.',
      'Regular expressions are those of JavaScript, [matched without backtracking](tools.md#patterns).',
      'Two entries for one type are an error.',
      'A path without a file leaves as `failed`, without a warning.',
      'Files and images are those of messages. Nothing adds metadata to them.',
    ],
  },
  MetadataRouter: {
    initParameters: {
      rules: {
        english: { field: 'meta.language', operator: '==', value: 'en' },
        late: {
          operator: 'OR',
          conditions: [
            { field: 'meta.page', operator: '>', value: 5 },
            { field: 'meta.chapter', operator: 'in', value: ['end', 'index'] },
          ],
        },
      },
    },
    inputs: { documents: [paris, rom] },
    differences: [
      'A wrong filter is an error when the router is made, with its place; so are empty `conditions`, and a field without a name, such as `meta.`.',
      'Dates are those of ISO 8601. A comparison with something that has no order is an error, as there.',
      'It routes documents alone.',
    ],
  },
  MessagesRouter: {
    make: () => ({
      generator: new ExampleChatGenerator({ reply: '{"label": "praise"}' }),
      labels: { complaint: 'The customer is angry.', praise: 'The customer is happy.' },
    }),
    inputs: { messages: [ChatMessage.user('This hotel is wonderful.')] },
    differences: [
      "It is Haystack's `LLMMessagesRouter`. Labels take the place of `output_names` and `output_patterns`: the model is held to them, and nothing is searched in its text.",
      'There is no output `unmatched`: a reply without a label, which only one that was cut off is, is an error.',
      'The output `chat_generator_text` is `label` here.',
    ],
  },
  BranchJoiner: {
    initParameters: { of: 'string' },
    inputs: { value: 'from one of the branches' },
    differences: ['`of` takes a `TypeName` in place of a type of Python.'],
  },
  ListJoiner: {
    initParameters: { of: 'strings' },
    inputs: { values: ['a', 'b'] },
    differences: ['`of` is required.'],
  },
  StringJoiner: { inputs: { strings: 'a text' }, differences: [] },
  AnswerJoiner: {
    initParameters: { topK: 1, sortByScore: true },
    inputs: { answers: [answer('Ada', 0.4), answer('Grace', 0.9)] },
    differences: ['There is no `join_mode`: it has one value only.', '`topK: 0` of a run gives no answers.'],
  },
  OutputAdapter: {
    initParameters: {
      template: '{{ documents | map(attribute="meta.page") | sum }}',
      outputType: 'integer',
    },
    inputs: { documents: [paris, rom] },
    differences: [
      'Values are those of a `ConditionalRouter`: of a single `{{ … }}` the value, never guessed from a text, always of the type. JSON in a text is read where the type asks for it, as in `{{ documents | tojson }}` of type `list`.',
      'Messages of errors have the place in the template, and no values.',
      'There are neither `custom_filters` nor `unsafe`.',
    ],
  },
  JsonParser: {
    initParameters: { jsonSchema: schema, raiseOnFailure: false },
    inputs: { text: '{"nme": "Nina"}' },
    haystack: null,
    differences: [],
  },
  Constant: {
    initParameters: { value: ['Paris', 'Rome'], of: 'strings' },
    inputs: {},
    haystack: null,
    differences: [],
  },
  JsonSchemaValidator: {
    initParameters: { jsonSchema: schema, maxAttempts: 3 },
    inputs: {
      conversation: [ChatMessage.user('Who is it?')],
      messages: [ChatMessage.assistant('{"nme": "Nina"}')],
    },
    differences: [
      '`errors` is there `validation_error`. It holds the whole conversation, so that the model sees what it was asked.',
      '`data` is what a right reply stands for. `maxAttempts` ends the loop with an error that says what was wrong.',
      'The schema is given when the component is made, and checked there. The whole reply is checked by it: of a list not each item, and no text in it is read as JSON. A schema that looks like a tool is not taken for one, and a misspelt keyword is an error.',
      'Two equal keys, a whole number with more digits than a double has, and one such as `1e999` are wrong: there the first key, digits and the number are lost. Patterns are [matched without backtracking](tools.md#patterns).',
      'A code fence around the whole reply is taken off. `NaN` is not JSON. A reply without a text is a wrong one.',
      '`errorTemplate` is a Jinja template. By default the model is answered with what is wrong, and not with the schema.',
    ],
  },
  ToolInvoker: {
    make: () => ({ tools: [add] }),
    inputs: {
      messages: [
        ChatMessage.assistant({
          toolCalls: [ToolCall.create({ id: '1', name: 'add', arguments: { a: 1, b: 2 } })],
        }),
      ],
    },
    differences: [
      '`conversation` goes in and `messages` comes out, which closes the loop back to the model; `replies` is the way out of it.',
      'Several calls run at once, each with a limit of time (`timeoutMs`) and of the size of its result (`maxResultCharacters`). Haystack has neither.',
      'What goes wrong with a call is a result for the model, unless `raiseOnFailure` is set. Arguments are checked against the schema of the tool first.',
      'State is a plain record, `state`, which goes in and comes out: lists are added to, other values replaced. The order of calls that read and write it is that of Haystack.',
      'Two calls of one message that share an id get different ones.',
    ],
  },
  Agent: {
    make: () => ({
      chatGenerator: new ScriptedChatGenerator({
        replies: [{ toolCalls: [{ name: 'add', arguments: { a: 123, b: 456 } }] }, 'The result is 579.'],
      }),
      tools: [add],
    }),
    inputs: { messages: 'What is 123 plus 456?' },
    differences: ['All of them are in [agents.md](agents.md#differences-from-haystacks-agent).'],
  },
  FallbackChatGenerator: {
    make: () => ({
      generators: [
        new ExampleChatGenerator({ error: 'The server does not answer.' }),
        new ExampleChatGenerator({ reply: 'Paris.' }),
      ],
    }),
    inputs: { messages: [ChatMessage.user('What is the capital of France?')] },
    differences: [
      'The parameter `chat_generators` is `generators` here.',
      'An abort ends the component; it is never a reason to ask the next generator.',
      'The reasons of the failures are in `meta`, and in a warning in the meta of the reply. Haystack has the names of the classes alone.',
      'The error when all fail has all causes, not the last one alone.',
    ],
  },
  ScriptedChatGenerator: {
    initParameters: {
      replies: [{ text: 'Let me see.', toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, 'It is 3.'],
    },
    inputs: { messages: 'What is 1 plus 2?' },
    differences: [
      'Haystack has `MockChatGenerator`, whose replies follow each other call by call: `by: calls` here. By default the conversation chooses the reply, so that a run goes on in another process.',
      'A reply may fail, think, call tools, be cut off and take its time. There are neither `response_fn` nor `echo`.',
    ],
  },
}
