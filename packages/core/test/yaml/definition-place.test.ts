import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { placeInFile, placeInside } from '../../src/yaml/definition-place.ts'

const main = resolve('pipelines/main.yaml')
const top = { baseDir: resolve('pipelines'), file: 'pipelines/main.yaml', files: [main], levels: 0 }

test('what is inside of a file is one level deeper in the same place', () => {
  expect(placeInside(top)).toEqual({ ...top, levels: 1 })
})

test('a file is called by the way from where its reader stands', () => {
  expect(placeInFile(top, 'sub/a.yaml')).toEqual({
    baseDir: resolve('pipelines/sub'),
    file: 'pipelines/sub/a.yaml',
    files: [main, resolve('pipelines/sub/a.yaml')],
    levels: 1,
  })
})

test.each([
  [{ ...top, file: undefined }, 'a.yaml', 'pipelines/a.yaml'],
  [{ ...top, file: 'p.yaml' }, 'a.yaml', 'pipelines/a.yaml'],
  [top, '/srv/a.yaml', '/srv/a.yaml'],
  [{ ...top, baseDir: undefined, file: undefined }, 'a.yaml', 'a.yaml'],
])('by its absolute path where there is no such way', (around, written, path) => {
  expect(placeInFile(around, written).file).toBe(resolve(path))
})

test('without a folder of its own a text includes what is in the working directory', () => {
  const around = { baseDir: undefined, file: '<stdin>', files: [], levels: 0 }
  expect(placeInFile(around, 'a.yaml')).toMatchObject({ file: 'a.yaml', files: [resolve('a.yaml')] })
})
