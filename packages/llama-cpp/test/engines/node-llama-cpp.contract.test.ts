import { nodeLlamaCpp } from '../../src/engines/node-llama-cpp.ts'
import { testEngine } from './engine-contract.ts'

testEngine({ name: 'node-llama-cpp', engineFor: () => nodeLlamaCpp })
