import { describe, expect, test } from '@jest/globals'
import { claim, release } from '../../src/pipeline/ownership.ts'
import { Double } from '../fixtures/index.ts'
import { thrownBy } from './thrown.ts'

describe('claim', () => {
  test('gives a component to one pipeline, under one name', async () => {
    const component = Object.freeze(new Double())
    const pipeline = {}
    claim(component, pipeline, 'first')
    expect(await thrownBy(() => claim(component, pipeline, 'second'))).toBe(
      "CONNECT_ALREADY_OWNED: 'second' cannot be added: this pipeline has it as 'first'. Make a new instance, or remove it there first.",
    )
    expect(await thrownBy(() => claim(component, {}, 'second'))).toBe(
      "CONNECT_ALREADY_OWNED: 'second' cannot be added: another pipeline has it as 'first'. Make a new instance, or remove it there first.",
    )
  })

  test('a released component can be claimed again', () => {
    const component = new Double()
    claim(component, {}, 'first')
    release(component)
    expect(() => claim(component, {}, 'second')).not.toThrow()
  })
})
