import { describe, expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { Registry } from '../../src/component/registry.ts'
import { t } from '../../src/component/t.ts'
import { tool } from '../../src/component/tool.ts'
import { toolset } from '../../src/component/toolset.ts'
import { thrown } from './thrown.ts'

function component(type: string) {
  return defineComponent({ type, inputs: {}, outputs: {}, run: () => ({}) })
}

function namedTool(name: string) {
  return tool({ name, description: name, parameters: t.object({}), run: () => name })
}

const WordCount = component('WordCount')
const Shout = component('Shout')
const OtherShout = component('Shout')
const search = namedTool('search')
const add = namedTool('add')
const otherAdd = namedTool('add')
const web = toolset({ name: 'web', tools: [search] })
const print = () => 'acme'
const otherPrint = () => 'other'
const quiet = () => 'quiet'

const acme = componentPackage({
  name: '@acme/components',
  components: [WordCount, Shout],
  tools: [search, add],
  toolsets: [web],
  callbacks: { print, quiet },
})
const other = componentPackage({
  name: 'other',
  components: [OtherShout],
  tools: [otherAdd],
  callbacks: { print: otherPrint },
})
const registry = new Registry([acme, other])

describe('a component is found', () => {
  test('by its type', () => {
    expect(registry.component('WordCount')).toBe(WordCount)
  })

  test('by its package and type, also where two packages share it', () => {
    expect(registry.component('@acme/components/WordCount')).toBe(WordCount)
    expect(registry.component('@acme/components/Shout')).toBe(Shout)
    expect(registry.component('other/Shout')).toBe(OtherShout)
  })

  test('again by the name that is told for it', () => {
    const names = [WordCount, Shout, OtherShout].map((one) => registry.nameOf(one))
    expect(names).toEqual(['WordCount', '@acme/components/Shout', 'other/Shout'])
    expect(registry.nameOf(component('Shout'))).toBeUndefined()
    expect(registry.nameOf(component('Nobody'))).toBeUndefined()
  })
})

test('the types are listed short, or with their package where two share one', () => {
  expect(registry.types()).toEqual(['WordCount', '@acme/components/Shout', 'other/Shout'])
  expect(new Registry([]).types()).toEqual([])
})

test('tools and callbacks are found by their names, or with their package', () => {
  expect(registry.tool('search')).toBe(search)
  expect(registry.tool('web')).toBe(web)
  expect(registry.tool('@acme/components/search')).toBe(search)
  expect(registry.tool('other/add')).toBe(otherAdd)
  expect(registry.callback('quiet')).toBe(quiet)
  expect(registry.callback('other/print')).toBe(otherPrint)
})

describe('is refused', () => {
  const types = "Registered: 'WordCount', '@acme/components/Shout' and 'other/Shout'."

  test.each<[what: string, act: () => unknown, message: string]>([
    [
      'a type that is misspelt',
      () => registry.component('Wordcoumt'),
      `REGISTRY_UNKNOWN: No component type 'Wordcoumt' is registered. ${types} Did you mean 'WordCount'?`,
    ],
    [
      'a type that is misspelt after its package',
      () => registry.component('@acme/components/WordCont'),
      `REGISTRY_UNKNOWN: No component type '@acme/components/WordCont' is registered. ${types} Did you mean '@acme/components/WordCount'?`,
    ],
    [
      'a type that every object inherits',
      () => registry.component('constructor'),
      `REGISTRY_UNKNOWN: No component type 'constructor' is registered. ${types}`,
    ],
    [
      'any type of an empty registry',
      () => new Registry([]).component('Shout'),
      "REGISTRY_UNKNOWN: No component type 'Shout' is registered. Registered: none.",
    ],
    [
      'a type that two packages share',
      () => registry.component('Shout'),
      "REGISTRY_AMBIGUOUS: Several packages have a component type 'Shout'. Write '@acme/components/Shout' and 'other/Shout'.",
    ],
    [
      'a tool that is misspelt',
      () => registry.tool('serch'),
      "REGISTRY_UNKNOWN: No tool 'serch' is registered. Registered: 'search', '@acme/components/add', 'web' and 'other/add'. Did you mean 'search'?",
    ],
    [
      'a tool that two packages share',
      () => registry.tool('add'),
      "REGISTRY_AMBIGUOUS: Several packages have a tool 'add'. Write '@acme/components/add' and 'other/add'.",
    ],
    [
      'a callback that does not exist',
      () => registry.callback('prnt'),
      "REGISTRY_UNKNOWN: No callback 'prnt' is registered. Registered: '@acme/components/print', 'quiet' and 'other/print'. Did you mean 'print'?",
    ],
    [
      'a callback that every object inherits',
      () => registry.callback('toString'),
      "REGISTRY_UNKNOWN: No callback 'toString' is registered. Registered: '@acme/components/print', 'quiet' and 'other/print'.",
    ],
    [
      'a callback that two packages share',
      () => registry.callback('print'),
      "REGISTRY_AMBIGUOUS: Several packages have a callback 'print'. Write '@acme/components/print' and 'other/print'.",
    ],
    [
      'a package that is there twice',
      () => new Registry([acme, acme]),
      "REGISTRY_DUPLICATE: Package '@acme/components' is in the registry twice.",
    ],
  ])('%s', (_, act, message) => {
    expect(thrown(act)).toBe(message)
  })
})
