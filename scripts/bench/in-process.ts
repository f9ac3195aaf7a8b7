import { fork } from 'node:child_process';
import { join } from 'node:path';

/** Runs a measuring script of this folder in a process whose memory nothing else has touched; its one message is the result. */
export function inProcess<T>(script: string, task: object, execArgv: readonly string[] = []): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, script), [JSON.stringify(task)], { execArgv: [...execArgv] });
    child.once('message', (message) => resolve(message as T));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the measuring process ended with code ${code}`)));
  });
}
