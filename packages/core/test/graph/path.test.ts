import { describe, expect, test } from '@jest/globals'
import { DefinitionError } from '../../src/errors.ts'
import { parsePath } from '../../src/graph/path.ts'
import { thrownBy } from '../pipeline/thrown.ts'

describe('parsePath', () => {
  test('divides at the first dot', () => {
    expect(parsePath('llm.replies')).toEqual({ component: 'llm', socket: 'replies' })
    expect(parsePath('route.text/plain')).toEqual({ component: 'route', socket: 'text/plain' })
    expect(parsePath('route.a.b.')).toEqual({ component: 'route', socket: 'a.b.' })
  })

  test.each(['', 'llm', '.replies', 'llm.', '.'])('refuses %p', async (path) => {
    expect(await thrownBy(() => parsePath(path))).toBe(
      `CONNECT_INVALID_PATH: '${path}' is not an end of a connection. Write it as component.socket, for example 'prompt.prompt'.`,
    )
  })

  test('refuses what is no text', async () => {
    expect(await thrownBy(() => parsePath(undefined as unknown as string))).toMatch(
      /^CONNECT_INVALID_PATH: 'undefined'/,
    )
  })

  test('says which end of a connection it was', () => {
    const ends = [() => parsePath('a', 'sender'), () => parsePath('a', 'receiver'), () => parsePath('a')].map(
      (parse) => {
        try {
          parse()
        } catch (error) {
          return (error as DefinitionError).end
        }
        return 'none'
      },
    )
    expect(ends).toEqual(['sender', 'receiver', undefined])
    expect(() => parsePath('a')).toThrow(DefinitionError)
  })
})
