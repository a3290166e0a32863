// A component of one's own, as a class with parameters and as a plain function; and a package that holds both.
// docs/own-components.md explains all of it.
import {
  type Component,
  componentPackage,
  defineComponent,
  type InputsOf,
  type OutputsOf,
  type ParametersOf,
  Pipeline,
  Registry,
  t,
} from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { loadPipeline } from '@millrace/core/yaml'

class WordCount implements Component {
  static readonly type = 'WordCount'
  static readonly description = 'Counts the words of a text.'
  static readonly parameters = t.object({
    minLength: t.integer({ default: 1, minimum: 1, description: 'Shorter words do not count.' }),
  })
  readonly inputs = { text: t.string({ description: 'What to count.' }) }
  readonly outputs = { count: t.integer() }
  readonly initParameters: ParametersOf<typeof WordCount>

  constructor(given: ParametersOf<typeof WordCount> = {}) {
    this.initParameters = readParameters(WordCount, given)
  }

  run({ text }: InputsOf<WordCount>): OutputsOf<WordCount> {
    const { minLength = 1 } = this.initParameters
    return { count: text.split(/\s+/).filter((word) => word.length >= minLength).length }
  }
}

const Verdict = defineComponent({
  type: 'Verdict',
  description: 'Says whether a text is long.',
  inputs: { count: t.integer() },
  outputs: { verdict: t.string() },
  run: ({ count }) => ({ verdict: count > 5 ? `long (${count} words)` : `short (${count} words)` }),
})

// In TypeScript:
const pipeline = new Pipeline({ counter: new WordCount({ minLength: 3 }), verdict: new Verdict() }).connect(
  'counter.count',
  'verdict.count',
)
const result = await pipeline.run({ counter: { text: 'to be or not to be, that is the question' } })
console.log(result.get('verdict.verdict'))

// In YAML, from the package that its authors would publish:
const acmeComponents = componentPackage({ name: '@acme/components', components: [WordCount, Verdict] })
const loaded = loadPipeline(
  `
components:
  counter: { type: WordCount }
  verdict: { type: Verdict }
connections:
  - { sender: counter.count, receiver: verdict.count }
`,
  { registry: new Registry([acmeComponents]) },
)
const { outputs } = await loaded.run({ text: 'to be or not to be, that is the question' })
console.log(outputs['verdict'])
