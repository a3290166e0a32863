export { type DrawOptions, drawPipeline } from './draw-pipeline.ts'
export { explain } from './explain.ts'
export { explainConnection } from './explain-connection.ts'
