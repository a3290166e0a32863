import { expect, test } from '@jest/globals'
import { agent, pictureOf, visit } from './parts.ts'

test('sockets have their places, also where several components use the same names', () => {
  const picture = pictureOf(agent())
  const paths = picture.wires.map(({ from, to }) => {
    const [sender, receiver] = [picture.boxes[from.box], picture.boxes[to.box]]
    return `${sender?.name}.${sender?.outputs[from.port]?.name} -> ${receiver?.name}.${receiver?.inputs[to.port]?.name}`
  })
  expect(paths).toEqual(
    agent()
      .connections()
      .map(
        ({ sender, receiver }) =>
          `${sender.component}.${sender.socket} -> ${receiver.component}.${receiver.socket}`,
      ),
  )
  expect(picture.entrances).toEqual([{ name: 'question', to: [{ box: 0, port: 0 }] }])
  expect(picture.exits).toEqual([{ name: 'lines', from: { box: 5, port: 0 } }])
})

test('the senders of one input keep the order in which their values are joined', () => {
  const [, joiner] = pictureOf(agent()).boxes
  expect(joiner?.inputs[0]?.wires).toEqual([0, 4])
})

test('a connection is idle when its sender gave no such output', () => {
  const trace = [visit('router', { outputs: { call: [], answer: undefined } })]
  const { boxes, wires } = pictureOf(agent(), trace)
  const used = wires.filter((wire) => !wire.idle).map(({ from }) => boxes[from.box]?.outputs[from.port]?.name)
  expect(used).toEqual(['call'])
})
