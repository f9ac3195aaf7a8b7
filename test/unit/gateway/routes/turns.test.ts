import { expect } from 'chai';
import { setImmediate as later } from 'node:timers/promises';
import { Turns } from '../../../../gateway/services/turns';
import { failureOf } from '../../../support/gateway/failure-of';

describe('turns', () => {
  const turns = new Turns();
  const told: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    told.push(`+${name}`);
    await later();
    await later();
    told.push(`-${name}`);
    if (name === 'bad') throw new Error(name);
    return name;
  };

  it('are taken in order under one name, also after a failure; other names do not wait; nothing is kept', async () => {
    const bad = failureOf(turns.take('a', work('bad')));
    const all = [turns.take('a', work('second')), turns.take('a', work('third')), turns.take('b', work('other'))];
    expect((await bad).message).to.equal('bad');
    expect(await Promise.all(all)).to.deep.equal(['second', 'third', 'other']);
    expect(told.filter((one) => !one.endsWith('other'))).to.deep.equal([
      '+bad',
      '-bad',
      '+second',
      '-second',
      '+third',
      '-third',
    ]);
    expect(told.indexOf('+other')).to.be.lessThan(told.indexOf('-bad'));
    await later();
    expect(turns.size).to.equal(0);
  });
});
