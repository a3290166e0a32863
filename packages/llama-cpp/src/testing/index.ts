// Parts for the tests of pipelines with models: @millrace/llama-cpp/testing.

export { type RecordedEngineOptions, recordedComponents, recordedEngine } from './recorded-engine.ts'
