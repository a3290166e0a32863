import { ScriptedEngine } from '../scripted-engine.ts'
import { testEngine } from './engine-contract.ts'

testEngine({ name: 'scripted', engineFor: (...replies) => new ScriptedEngine(...replies) })
