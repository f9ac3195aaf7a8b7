import { parentPort, workerData } from 'node:worker_threads';
import { ItemFile, type LogAnswer, type LogMessage } from './item-log';

const file = new ItemFile(workerData as string | undefined);
const answer = (message: LogAnswer): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: LogMessage) => {
  switch (message.kind) {
    case 'lines':
      file.take(message.text, message.areItems);
      answer({ kind: 'taken' });
      break;
    case 'root':
      answer({ kind: 'root', root: file.root() });
      break;
    case 'close':
      file.close();
      answer({ kind: 'closed' });
      break;
  }
});
