import { Pipeline, t, defineComponent, tool } from '@millrace/core';
export const socket = t.variadic(t.string(), { default: [] });
export class A {
    inputs = { hints: t.variadic(t.string(), { default: [] }), o: t.optional(t.string()), l: t.literal('a', 1) };
    outputs = { m: t.message(), d: t.document(), tools: t.tools(), cb: t.callback() };
    run() { return {}; }
}
export const Shout = defineComponent({ type: 'S', parameters: t.object({ a: t.variadic === undefined ? t.string() : t.string() }), inputs: { x: t.greedy(t.string()) }, outputs: {}, run: () => ({}) });
export const pipeline = new Pipeline({ a: new A(), s: new Shout({ a: 'a' }) });
export const add = tool({ name: 'a', description: '', parameters: t.object({}), run: () => 1 });
export const run = () => pipeline.run();
//# sourceMappingURL=a.js.map