import { expect } from 'chai';
import { ClosingScheduler } from '../../../../gateway/closing/closing-scheduler';

describe('the scheduler of the close', () => {
  it('does its jobs in order, and one that fails stops neither the others nor the next look', async () => {
    const done: string[] = [];
    const failures: unknown[] = [];
    const jobs = [
      async () => void done.push('first'),
      async () => {
        throw new Error('second');
      },
      async () => void done.push('third'),
    ];
    const scheduler = new ClosingScheduler(jobs, { intervalMs: 1, onError: (error) => failures.push(error) });
    await scheduler.look();
    await scheduler.look();
    expect(done).to.deep.equal(['first', 'third', 'first', 'third']);
    expect(failures).to.have.length(2);
  });

  it('looks by itself until it is stopped, never twice at once, and stops only when nothing is under way', async () => {
    let [running, most, looks] = [0, 0, 0];
    let third: () => void;
    const seen = new Promise<void>((resolve) => (third = resolve));
    const job = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (++looks === 3) third();
    };
    const scheduler = new ClosingScheduler([job], { intervalMs: 1, onError: () => undefined });
    scheduler.start();
    const keepAlive = setInterval(() => undefined, 1_000);
    await seen;
    await scheduler.stop();
    clearInterval(keepAlive);
    const after = looks;
    await new Promise((resolve) => setImmediate(resolve));
    expect({ running, most, looks }).to.deep.equal({ running: 0, most: 1, looks: after });
  });
});
