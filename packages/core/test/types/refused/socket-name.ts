import { Pipeline } from '@millrace/core'
import { Model, Prompt } from '../parts.ts'

const pipeline = new Pipeline({ prompt: new Prompt(), llm: new Model() })

pipeline.connect('prompt.prompt', 'llm.message')
