import { makePipeline } from '../parts.ts'

makePipeline().connect('prompt.words', 'llm.hints')
