import { runChild } from '../start/children';
import { putLoad, type LoadResult } from './load';
import { connectTo, type PutPlan, type PutTarget } from './put-client';

/** Runs loads one after another and answers with their results. */
void runChild(async ({ target, plans }: { target: PutTarget; plans: readonly PutPlan[] }, say) => {
  const connections = { native: connectTo(target, 'native'), stock: connectTo(target, 'stock') };
  const ready: LoadResult[] = [];
  for (const { name, signing, transactions, inFlight } of plans) {
    say(name);
    const onProgress = (done: number): void => say(`${name} ${done}/${transactions}`);
    ready.push(await putLoad(connections[signing].contract, { transactions, inFlight, prefix: name, onProgress }));
  }
  connections.native.close();
  connections.stock.close();
  return { ready, stop: () => Promise.resolve() };
});
