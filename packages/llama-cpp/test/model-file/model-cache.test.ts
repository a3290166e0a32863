import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  defaultModelCache,
  fileNameOf,
  repositoryFolder,
  urlFolder,
} from '../../src/model-file/model-cache.ts'

describe('defaultModelCache', () => {
  test.each([
    [{}, 'linux', '/home/ada', '/home/ada/.cache/millrace/models'],
    [{ XDG_CACHE_HOME: '/var/cache/ada' }, 'linux', '/home/ada', '/var/cache/ada/millrace/models'],
    [{ XDG_CACHE_HOME: 'relative' }, 'linux', '/home/ada', '/home/ada/.cache/millrace/models'],
    [{ XDG_CACHE_HOME: '' }, 'darwin', '/Users/ada', '/Users/ada/.cache/millrace/models'],
    [{ LOCALAPPDATA: 'D:\\Local' }, 'win32', 'C:\\Users\\ada', 'D:\\Local\\millrace\\models'],
    [{}, 'win32', 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Local\\millrace\\models'],
  ])('with %j on %s', (environment, platform, home, expected) => {
    expect(defaultModelCache(environment, platform, home)).toBe(expected)
  })

  test('reads the environment of the process by default', () => {
    expect(defaultModelCache()).toMatch(/millrace.models$/)
  })
})

test('a repository has a folder of its own', () => {
  expect(repositoryFolder('cache', 'ada/models')).toBe(join('cache', 'hf', 'ada', 'models'))
})

describe('urlFolder', () => {
  const folder = (url: string, sha256?: string) => urlFolder('cache', new URL(url), sha256)
  test('is one for each URL with its query and each checksum', () => {
    const urls = ['https://a.example/m.gguf', 'https://a.example/m.gguf?v=2', 'https://a.example/x/m.gguf']
    const folders = [...urls.map((url) => folder(url)), folder('https://a.example/m.gguf', 'ab'.repeat(32))]
    expect(new Set(folders).size).toBe(4)
    expect(folder('https://a.example/m.gguf#here')).toBe(folder('https://a.example/m.gguf'))
  })

  test('has no character of a port or an address that a system refuses', () => {
    expect(folder('http://[::1]:8080/m.gguf')).toMatch(/^cache.https.___1__8080.[0-9a-f]{16}$/)
  })
})

test.each([
  ['https://a.example/models/m-Q4_K_M.gguf?token=1', 'm-Q4_K_M.gguf'],
  ['https://a.example/', 'model.gguf'],
  ['https://a.example/download', 'download'],
  ['https://a.example/..%2F..%2Fetc%2Fpasswd', '_.._etc_passwd'],
  ['https://a.example/%E0%A4%A.gguf', '_E0_A4_A.gguf'],
  ['https://a.example/a%3Ab%5C%22c.gguf', 'a_b__c.gguf'],
])('the file of %s is stored as %s', (url, name) => {
  expect(fileNameOf(new URL(url))).toBe(name)
})
