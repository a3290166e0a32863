import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Document, type OutputsOf, Pipeline, Registry } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { loadPipeline } from '@millrace/core/yaml'
import { PromptBuilder } from '../../src/builders/prompt-builder.ts'
import { ConditionalRouter } from '../../src/routers/conditional-router.ts'
import { standardComponents } from '../../src/standard-components.ts'

const byCount = [
  {
    condition: '{{ documents | length >= 2 }}',
    output: 'documents',
    outputName: 'many',
    outputType: 'documents',
  },
  {
    condition: '{{ documents | length == 1 }}',
    output: '{{ documents[0].content }}',
    outputName: 'one',
    outputType: 'string',
  },
  { output: 'query', outputName: 'ask', outputType: 'string' },
] as const

const [a, b] = ['a', 'b'].map((content) => Document.create({ content })) as [Document, Document]

/** A router with one route, and a default where the condition is false. */
function routed(condition: string | boolean, values: object, optionalVariables: string[] = []): string {
  const router = new ConditionalRouter({
    routes: [
      { condition, output: 'yes', outputName: 'way', outputType: 'string' },
      { output: 'no', outputName: 'way', outputType: 'string' },
    ],
    optionalVariables,
  })
  return (router.run({ yes: 'true', no: 'false', ...values }) as { way: string }).way
}

/** The error of a router with these routes, made or run. */
function failure(routes: unknown, values?: object, others: object = {}) {
  return expect(() => {
    const router = new ConditionalRouter({ routes: routes as typeof byCount, ...others })
    if (values) router.run({ ...values })
  })
}

const output = { output: '{{ 1 }}', outputName: 'out', outputType: 'integer' }

describe('ConditionalRouter', () => {
  testComponent(() => new ConditionalRouter({ routes: byCount }), {
    test,
    inputs: [
      { documents: [], query: 'q' },
      { documents: [a, b], query: 'q' },
    ],
  })

  test('takes the first route whose condition is true, and the last one without a condition', () => {
    const router = new ConditionalRouter({ routes: byCount })
    const run = (documents: readonly Document[]) => router.run({ documents, query: 'why?' })
    expect(run([a, b])).toEqual({ many: [a, b] })
    expect(run([a])).toEqual({ one: 'a' })
    expect(run([])).toEqual({ ask: 'why?' })
  })

  test('knows the types of its outputs, and of inputs that are passed on', () => {
    const { inputs, outputs } = new ConditionalRouter({ routes: byCount })
    expect(Object.entries(outputs).map(([name, { type, optional }]) => [name, type.kind, optional])).toEqual([
      ['many', 'array', true],
      ['one', 'string', true],
      ['ask', 'string', true],
    ])
    expect(Object.entries(inputs).map(([name, { type }]) => [name, type.kind])).toEqual([
      ['documents', 'array'],
      ['query', 'string'],
    ])
    type Outputs = OutputsOf<ConditionalRouter<typeof byCount>>
    const given: Outputs = { many: [a], one: 'a' }
    // @ts-expect-error this output is a text
    const wrong: Outputs = { ask: 1 }
    expect([given, wrong]).toHaveLength(2)
  })

  test('has inputs of the types that inputTypes says', () => {
    const { inputs } = new ConditionalRouter({
      routes: [{ ...output, condition: '{{ n > m }}', outputType: 'integer' as const }],
      inputTypes: { n: 'integer' },
      optionalVariables: ['m'],
    })
    expect([inputs['n']?.type.kind, inputs['m']?.type.kind]).toEqual(['integer', 'unknown'])
    expect([inputs['n']?.optional, inputs['m']?.optional]).toEqual([false, true])
  })

  test('has variables of any name', () => {
    const router = new ConditionalRouter({
      routes: [{ condition: 'constructor', output: 'toString', outputName: 'out', outputType: 'string' }],
      inputTypes: JSON.parse('{ "constructor": "boolean" }'),
    })
    expect(router.run({ constructor: true, toString: 'yes' })).toEqual({ out: 'yes' })
    expect(() => router.run({ constructor: true })).toThrow("was not given 'toString'")
  })

  test('passes on the very value that it was given', () => {
    const documents = [a, b]
    expect(new ConditionalRouter({ routes: byCount }).run({ documents, query: '' }).many).toBe(documents)
  })

  test('has several outputs in one route, whose types the compiler knows', () => {
    const router = new ConditionalRouter({
      routes: [
        {
          condition: '{{ n > 1 }}',
          outputs: [
            { output: 'n', outputName: 'count', outputType: 'integer' },
            { output: '{{ n }} of them', outputName: 'text', outputType: 'string' },
            { output: '{{ [n, n * 2] }}', outputName: 'numbers', outputType: 'numbers' },
          ],
        },
      ],
    })
    const made: { count?: number; text?: string; numbers?: readonly number[] } = router.run({ n: 2 })
    expect(made).toEqual({ count: 2, text: '2 of them', numbers: [2, 4] })
  })

  test.each([
    [true, true],
    ['{{ n }}', true],
    ['{{ n - 3 }}', false],
    ['{{ [] }}', false],
    ['{{ [0] }}', true],
    ['{{ {} }}', false],
    ['{{ none }}', false],
    ['{{ "" }}', false],
    ['n', true],
    ['list', false],
    ['{{ maybe }}', false],
    ['{{ maybe == 1 }}', false],
    ['{{ message.text == "Hi" }}', true],
    ['{% if n > 2 %}{{ true }}{% endif %}', true],
    ['{% if n < 2 %}{{ true }}{% endif %}', false],
  ])('the condition %j is %s', (condition, expected) => {
    const optional = String(condition).includes('maybe') ? ['maybe'] : []
    const values = { n: 3, list: [], message: ChatMessage.user('Hi') }
    expect(routed(condition, values, optional)).toBe(String(expected))
  })

  test.each(['yes', 'true', 'False', '{% if n %}True{% endif %}'])(
    'refuses a condition that gives the text of %j, which is neither true nor false',
    (text) => {
      const condition = text.startsWith('{') ? text : '{{ answer }}'
      failure([{ ...output, condition }], { answer: text, n: 1 }).toThrow(
        expect.objectContaining({ code: 'VALUE_INVALID', option: 'routes[0].condition' }),
      )
    },
  )

  test('shows the conditions and the values when no route applies', () => {
    failure(byCount.slice(0, 2), { documents: [] }).toThrow(
      expect.objectContaining({
        code: 'ROUTE_NOT_FOUND',
        message: `No condition is true:
  routes[0]: {{ documents | length >= 2 }}
  routes[1]: {{ documents | length == 1 }}
The values:
  documents = []
A last route without a condition is taken when no other one is.`,
      }),
    )
  })

  test('cuts long values short in that', () => {
    failure([{ ...output, condition: '{{ text == 1 }}' }], { text: '😀'.repeat(500) }).toThrow(
      /\n {2}text = "(😀){99}…\n/,
    )
  })

  test.each([
    ['integer', '{{ "12" }}', 12],
    ['integer', '12', 12],
    ['numbers', '[{{ 1 }}, 2.5]', [1, 2.5]],
    ['object', "{{ {'a': true} | tojson }}", { a: true }],
    ['string', '{{ 42 }}', '42'],
    ['string', '{{ message }}', 'Hi'],
    ['any', '1,000', '1,000'],
    ['json', '{{ "[1]" }}', '[1]'],
    ['message', '{{ message }}', ChatMessage.user('Hi')],
    ['messages', '{{ [message] }}', [ChatMessage.user('Hi')]],
    ['documents', '{{ documents | selectattr("content", "eq", "b") }}', [b]],
  ] as const)('an output of type %s with the template %j', (outputType, template, expected) => {
    const router = new ConditionalRouter({
      routes: [{ condition: true, output: template, outputName: 'out', outputType }],
    })
    const values = { message: ChatMessage.user('Hi'), documents: [a, b] }
    expect(router.run(values)).toEqual({ out: expected })
  })

  test.each([
    ['integer', '{{ "abc" }}', `expected integer, got "abc"`],
    ['documents', '{{ documents[0].content }}', `expected Document[], got "a"`],
    ['documents', '{{ [documents, 1] }}', 'at 0: expected Document, got an array of 1'],
    ['integer', 'text', 'expected integer, got "12"'],
    ['object', '{{ none }}', 'expected Record<string, JSON>, got null'],
    ['integer', '{{ documents[9] }}', "'{{ documents[9] }}' is undefined"],
    ['string', '{{ documents[0].title }}', "'{{ documents[0].title }}' is undefined"],
  ] as const)('always checks its outputs: %s of %j', (outputType, template, problem) => {
    failure([{ condition: true, output: template, outputName: 'out', outputType }], {
      documents: [a],
      text: '12',
    }).toThrow(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        option: 'routes[0].output',
        message: `What 'routes[0].output' gives is not of the type '${outputType}': ${problem}.`,
      }),
    )
  })

  test.each([
    [
      [{ ...output, condition: '{{ n > }}' }],
      'TEMPLATE_SYNTAX',
      'routes[0].condition',
      /^Error in 'routes\[0\]\.condition' at line 1, column 8: /,
    ],
    [
      [{ outputs: [output, { ...output, output: 'a\n{{ b | nope }}', outputName: 'b' }] }],
      'TEMPLATE_SYNTAX',
      'routes[0].outputs[1].output',
      /at line 2, column 8: There is no filter 'nope'/,
    ],
    [
      [{ ...output, condition: 'n > 2' }],
      'TEMPLATE_INVALID',
      'routes[0].condition',
      /Write \{\{ n > 2 \}\}\./,
    ],
    [[{ ...output, condition: 'true' }], 'TEMPLATE_INVALID', 'routes[0].condition', /Write \{\{ true \}\}\./],
    [
      [{ ...output, condition: 3 }],
      'TEMPLATE_INVALID',
      'routes[0].condition',
      /must be a string, not number/,
    ],
    [[{ ...output, output: 2 }], 'TEMPLATE_INVALID', 'routes[0].output', /must be a string, not number/],
    [[output, output], 'ROUTE_INVALID', 'routes[0]', /has no condition.*Put it last/],
    [
      [
        { ...output, condition: true },
        { ...output, outputType: 'string' },
      ],
      'ROUTE_INVALID',
      'routes[1].outputType',
      /'out' is of type 'integer' in one route and 'string' in another/,
    ],
    [
      [{ ...output, outputType: 'integr' }],
      'VALUE_INVALID',
      'routes[0].outputType',
      /^'routes\[0\]\.outputType' is 'integr', which is not the name of a type\. .*Did you mean 'integer'\?$/,
    ],
    [
      [{ condition: true, output: '{{ 1 }}' }],
      'ROUTE_INVALID',
      'routes[0]',
      /^'routes\[0\]' lacks 'outputName' and 'outputType'\. A route has/,
    ],
    [
      [{ ...output, outputs: [output] }],
      'ROUTE_INVALID',
      'routes[0]',
      /has 'outputs' and 'output', 'outputName' and 'outputType': put all of it into 'outputs'/,
    ],
    [[], 'ROUTE_INVALID', 'routes', /must be a list with at least one route: \{ condition, output,/],
    [[{ outputs: [] }], 'ROUTE_INVALID', 'routes[0].outputs', /is empty: a route gives at least one/],
    [
      [{ outputs: [output, { ...output, output: '{{ 2 }}' }] }],
      'ROUTE_INVALID',
      'routes[0].outputs[1].outputName',
      /^'routes\[0\]\.outputs\[0\]' and 'routes\[0\]\.outputs\[1\]' are both called 'out', and only one value can leave there\./,
    ],
  ])('refuses %j when it is made', (routes, code, option, message) => {
    failure(routes).toThrow(
      expect.objectContaining({ code, option, message: expect.stringMatching(message) }),
    )
  })

  test.each([
    [{ optionalVariables: ['doc'] }, 'optionalVariables[0]'],
    [{ inputTypes: { doc: 'string' } }, 'inputTypes.doc'],
  ])('refuses %j, which no template reads', (others, option) => {
    failure(byCount, undefined, others).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_VARIABLE_UNKNOWN', option }),
    )
  })

  test('fails with a condition that fails, and does not try the next one', () => {
    failure([{ ...output, condition: '{{ 1 / n }}' }, output], { n: 0 }).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_FAILED', option: 'routes[0].condition' }),
    )
    failure([{ ...output, condition: '{{ n.x.y }}' }, output], { n: {} }).toThrow(
      "'routes[0].condition' failed at",
    )
    failure([{ ...output, condition: '{{ n }}' }], {}).toThrow(
      "ConditionalRouter was not given 'n'. Given: none.",
    )
  })

  test('is found wrong in a file, with the line', () => {
    const file = `components:
  router:
    type: ConditionalRouter
    initParameters:
      routes:
        - { condition: '{{ n > 2 }}', output: n, outputName: large, outputType: integer }
        - { condition: '{{ n <> 2 }}', output: n, outputName: small, outputType: integer }
`
    expect(() => loadPipeline(file, { registry: new Registry([standardComponents]) })).toThrow(
      expect.objectContaining({
        code: 'LOAD_COMPONENT',
        line: 7,
        path: 'components.router.initParameters.routes[1].condition',
        message: expect.stringContaining("Error in 'routes[1].condition' at line 1, column 7"),
      }),
    )
  })

  test('only what is behind the route that was taken runs', async () => {
    const pipeline = new Pipeline({
      router: new ConditionalRouter({ routes: byCount }),
      many: new PromptBuilder({ template: '{{ documents | length }} documents' }),
      ask: new PromptBuilder({ template: 'No document answers: {{ query }}' }),
    })
      .connect('router.many', 'many.documents')
      .connect('router.ask', 'ask.query')
    const result = await pipeline.run({ router: { documents: [], query: 'why?' } })
    expect(result.outputs).toEqual({ ask: { prompt: 'No document answers: why?' } })
    expect(result.trace.map(({ component }) => component)).toEqual(['router', 'ask'])
  })

  test('gives a program outputs of their types', async () => {
    const pipeline = new Pipeline({ router: new ConditionalRouter({ routes: byCount }) })
    const result = await pipeline.run({ router: { documents: [a], query: 'why?' } })
    const content: string | undefined = result.get('router.one')
    // @ts-expect-error a route that there is not
    expect(() => result.get('router.two')).toThrow()
    expect(content).toBe('a')
  })
})
