import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkModel } from '../../src/session/check-model.ts'
import { findModelFiles } from '../../src/session/model-files.ts'
import { checkProjectorHeader, checkProjectorNames, projectorSpec } from '../../src/session/projector.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'
import { writeRandomModel } from '../random-model.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const model = pocketPath
const modelClipPath = 'mmproj.gguf'

describe('the names', () => {
  test('of a handler and its file are taken, and so is the file alone', () => {
    expect(() => checkProjectorNames({ chatHandlerName: 'llava-1-5', modelClipPath })).not.toThrow()
    expect(() => checkProjectorNames({ modelClipPath })).not.toThrow()
    expect(() => checkProjectorNames({})).not.toThrow()
  })

  test('of a handler alone are an error (8.1)', async () => {
    const error = await failureOf(() => checkProjectorNames({ chatHandlerName: 'Llava15ChatHandler' }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'modelClipPath' })
    expect(error.message).toBe(
      "modelClipPath must be provided when chatHandlerName is specified: 'Llava15ChatHandler' needs the mmproj of its model.",
    )
  })

  test('of a handler that does not exist are an error with those that do (8.1)', async () => {
    const error = await failureOf(() =>
      checkProjectorNames({ chatHandlerName: 'Lava15ChatHandler', modelClipPath }),
    )
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'chatHandlerName' })
    expect(error.message).toMatch(
      /^Failed to import chat handler 'Lava15ChatHandler'\. Possible: 'MTMDChatHandler', /,
    )
    expect(error.message).toContain("'Llava15ChatHandler'?")
  })

  test('of a handler with a template beside another template are an error', async () => {
    const names = { modelClipPath, modelKwargs: { chatTemplate: '{{ messages }}' } }
    const error = await failureOf(() => checkProjectorNames({ ...names, chatHandlerName: 'nanollava' }))
    expect(error.message).toBe(
      "Parameter 'chatHandlerName' brings a template of its own, and so does 'modelKwargs.chatTemplate'. Leave one of them out.",
    )
    expect(() => checkProjectorNames({ ...names, chatHandlerName: 'mtmd' })).not.toThrow()
  })
})

describe('the file', () => {
  test('is a GGUF of the architecture clip', async () => {
    await expect(checkProjectorHeader(pocketVisionPath)).resolves.toBeUndefined()
    const error = await failureOf(checkProjectorHeader(pocketPath))
    expect(error).toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      path: pocketPath,
      actual: 'llama',
      expected: 'clip',
    })
    expect(error.message).toBe(
      `'${pocketPath}' is not an mmproj: its architecture is 'llama', where 'clip' was expected. Name the file with 'mmproj' in its name that belongs to the model.`,
    )
  })

  test('is checked as a model is', async () => {
    expect(await checkModel({ model, modelClipPath: pocketVisionPath }, {})).toEqual([])
    expect(await checkModel({ model, modelClipPath: pocketPath }, {})).toMatchObject([
      { level: 'error', code: 'MODEL_UNSUPPORTED', option: 'modelClipPath' },
    ])
    expect(await checkModel({ model, modelClipPath: '/nowhere/mmproj.gguf' }, {})).toMatchObject([
      { level: 'error', code: 'MISSING_FILE', option: 'modelClipPath' },
    ])
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'mmproj.gguf')
      await writeFile(path, 'Hello')
      expect(await checkModel({ model, modelClipPath: path }, {})).toMatchObject([{ code: 'MODEL_NOT_GGUF' }])
    })
  })

  test('of another model is found by the width of what it makes', async () => {
    await inTemporaryFolder(async (dir) => {
      const wide = join(dir, 'wide.gguf')
      const [layers, heads] = [1, 2]
      writeRandomModel(wide, { layers, width: 64, heads, kvHeads: heads, feedForward: 64, context: 64 })
      const names = { model: wide, modelClipPath: pocketVisionPath }
      expect(await checkModel({ ...names, model }, {})).toEqual([])
      const found = {
        code: 'MODEL_UNSUPPORTED',
        message: `'${pocketVisionPath}' belongs to another model: it makes embeddings of 128 values, and '${wide}' takes 64. Name the mmproj that was published with the model.`,
      }
      expect(await checkModel(names, {})).toMatchObject([{ ...found, option: 'modelClipPath' }])
      expect(await failureOf(findModelFiles(names, {}))).toMatchObject(found)
    })
  })
})

describe('what a context is made with', () => {
  test('is the projector, on the GPU where the model is, and the template of the handler', () => {
    const { projector, chatTemplate } = projectorSpec(
      { chatHandlerName: 'moondream', modelClipPath, modelKwargs: { nGpuLayers: -1 } },
      '/models/mmproj.gguf',
    )
    expect(projector).toEqual({
      path: '/models/mmproj.gguf',
      useGpu: true,
    })
    expect(chatTemplate).toContain('Question: ')
  })

  test('is without a template where the model has the say', () => {
    expect(projectorSpec({ modelClipPath }, '/m')).toMatchObject({ projector: { useGpu: false } })
    expect(projectorSpec({ modelClipPath, chatHandlerName: 'mtmd' }, '/m').chatTemplate).toBeUndefined()
    const given = { modelClipPath, modelKwargs: { chatTemplate: '{{ x }}' } }
    expect(projectorSpec(given, '/m')).not.toHaveProperty('chatTemplate')
  })
})
