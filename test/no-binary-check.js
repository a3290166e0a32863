// In place of the module of node-llama-cpp that tries its native binary in a child process before it loads it, for each
// test file anew. The tests that start a process of their own go without this.
export async function testBindingBinary() {
  return true
}
