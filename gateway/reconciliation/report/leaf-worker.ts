import { parentPort } from 'node:worker_threads';
import { MerkleStack } from '../matching/merkle-stack';

const stack = new MerkleStack();

/** Leaves as lines; canonical JSON holds no line end. Null asks for the root. */
parentPort?.on('message', (text: string | null) => {
  if (text === null) parentPort?.postMessage(stack.root().toString('hex'));
  else {
    for (const leaf of text.slice(0, -1).split('\n')) stack.append(leaf);
    parentPort?.postMessage(null);
  }
});
