import { makePipeline } from '../parts.ts'

makePipeline().connect('prompt.prompt', 'llm.message')
