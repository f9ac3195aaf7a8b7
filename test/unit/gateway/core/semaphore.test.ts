import { expect } from 'chai';
import { Semaphore } from '../../../../gateway/adapters/semaphore';

describe('semaphore', () => {
  it('never lets more run than its limit, in order, also past failures', async () => {
    const semaphore = new Semaphore(3);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) =>
        semaphore.run(async () => {
          most = Math.max(most, ++running);
          order.push(at);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          if (at % 3 === 0) throw new Error('one of them fails');
          return at;
        }),
      ),
    );
    expect(most).to.equal(3);
    expect(order).to.deep.equal([...order].sort((a, b) => a - b));
    expect(results.filter(({ status }) => status === 'rejected')).to.have.length(7);
  });
});
