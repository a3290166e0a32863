// Parts for the tests of pipelines with models: @millrace/llama-cpp/testing.

export { recordedComponents } from './recorded-components.ts'
export { type RecordedEngineOptions, recordedEngine } from './recorded-engine.ts'
