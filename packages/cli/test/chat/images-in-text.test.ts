import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { imagesInText } from '../../src/chat/images-in-text.ts'
import { root } from '../millrace.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

test('paths of images become images, and everything else stays text', async () => {
  await inTemporaryFolder(async (dir) => {
    for (const name of ['a.png', 'my cat.PNG']) {
      copyFileSync(join(root, 'packages/pocket-model/images/red-circle.png'), join(dir, name))
    }
    writeFileSync(join(dir, 'no.png'), 'Hello')
    mkdirSync(join(dir, 'folder.png'))
    const url = pathToFileURL(join(dir, 'my cat.PNG')).href
    const rows: readonly (readonly [written: string, text: string, images: number, problems?: number])[] = [
      ['What is in a.png?', 'What is in ?', 1],
      ['a.png', '', 1],
      ['a.png and "my cat.PNG", please', 'and , please', 2],
      [`${join(dir, 'a.png')} ./a.png`, '', 2],
      [`'${join(dir, 'my cat.PNG')}' what?`, 'what?', 1],
      ['my\\ cat.PNG what?', 'what?', 1],
      [`${url} what?`, 'what?', 1],
      ['none.png what?', 'none.png what?', 0],
      ['no.png what?', 'no.png what?', 0, 1],
      ['folder.png what?', 'folder.png what?', 0],
      ['https://example.com/a.png what?', 'https://example.com/a.png what?', 0],
      ['two  spaces', 'two  spaces', 0],
    ]
    for (const [written, text, images, problems = 0] of rows) {
      const found = await imagesInText(written, dir)
      expect([written, found.text, found.images.length, found.problems.length]).toEqual([
        written,
        text,
        images,
        problems,
      ])
    }
  })
})
