import { describe, expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { tool } from '../../src/component/tool.ts'
import { toolset } from '../../src/component/toolset.ts'
import { thrown } from './thrown.ts'

const Shout = defineComponent({ type: 'Shout', inputs: {}, outputs: {}, run: () => ({}) })
const add = tool({ name: 'add', description: 'Adds.', parameters: t.object({}), run: () => 1 })
const name = '@acme/components'

describe('componentPackage', () => {
  test('is a frozen manifest of what it was given', () => {
    const print = () => {}
    const manifest = componentPackage({ name, components: [Shout], tools: [add], callbacks: { print } })
    expect(manifest).toEqual({
      name,
      components: [Shout],
      tools: [add],
      toolsets: [],
      callbacks: { print },
      resources: [],
    })
    expect(Object.isFrozen(manifest)).toBe(true)
  })

  test('may have anything or nothing beside its name', () => {
    const empty = { name, components: [], tools: [], toolsets: [], callbacks: {}, resources: [] }
    expect(componentPackage({ name })).toEqual(empty)
    expect(componentPackage({ name, tools: [add] })).toEqual({ ...empty, tools: [add] })
    expect(componentPackage({ name, components: null, tools: null, callbacks: null })).toEqual(empty)
  })

  test.each([
    [
      'an unknown key',
      { components: [], tool: [add] },
      "COMPONENT_INVALID: Package '@acme/components': 'tool' is unknown. Possible: 'name', 'components', 'tools', 'toolsets', 'callbacks' and 'resources'. Did you mean 'tools'?",
    ],
    [
      'a tool in the place of a list',
      { tools: add },
      "COMPONENT_INVALID: Package '@acme/components' gives 'tools' as a list: [a, b], not as an object with 'name', 'description', 'parameters' and 'run'.",
    ],
    [
      'a class without a type',
      { components: [class Untyped {}] },
      "COMPONENT_INVALID: Package '@acme/components' lists the class 'Untyped' without a 'static readonly type'.",
    ],
    [
      'a component in the place of its class',
      { components: [new Shout()] },
      "COMPONENT_INVALID: Package '@acme/components' lists a value without a 'static readonly type'.",
    ],
    [
      'what only looks like a tool',
      {
        components: [],
        tools: [
          { ...add, name: 'add' },
          { name: 'sub', run: () => 1 },
        ],
      },
      "COMPONENT_INVALID: Package '@acme/components' lists a tool that was not made with tool({ … }).",
    ],
    [
      'what is no toolset',
      { components: [], toolsets: [{ name: 'sums', tools: [] }] },
      "COMPONENT_INVALID: Package '@acme/components' lists a toolset that was not made with toolset({ … }).",
    ],
    [
      'a tool and a toolset of one name',
      { components: [], tools: [add], toolsets: [toolset({ name: 'add', tools: [add] })] },
      "REGISTRY_DUPLICATE: Package '@acme/components' has two tools called 'add'.",
    ],
    [
      'a callback that is none',
      { components: [], callbacks: { print: 'console.log' } },
      "COMPONENT_INVALID: Package '@acme/components' lists a callback 'print' that is not a function.",
    ],
    [
      'two components of one type',
      { components: [Shout, Shout] },
      "REGISTRY_DUPLICATE: Package '@acme/components' has two components called 'Shout'.",
    ],
    [
      'two tools of one name',
      { components: [], tools: [add, add] },
      "REGISTRY_DUPLICATE: Package '@acme/components' has two tools called 'add'.",
    ],
  ])('refuses %s', (_, definition, message) => {
    expect(thrown(() => componentPackage({ name, ...definition } as never))).toBe(message)
  })
})
