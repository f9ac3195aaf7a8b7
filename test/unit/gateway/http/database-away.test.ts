import { expect } from 'chai';
import { databaseUrl } from '../../../../gateway/compose/load-config';
import { toProblem } from '../../../../gateway/http/problem';
import { readiness } from '../../../../gateway/http/health';
import { schemaOf } from '../../../../gateway/database/postgres-store';
import { StorageError } from '../../../../network/storage/database';

describe('a database server', () => {
  const saved = process.env['DATABASE_URL'];
  afterEach(() => {
    if (saved === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = saved;
  });

  it('is named by the configuration, else by DATABASE_URL, else there is none', () => {
    process.env['DATABASE_URL'] = 'postgres://one/db';
    expect(databaseUrl('postgresql://other/db')).to.deep.equal({ databaseUrl: 'postgresql://other/db' });
    expect(databaseUrl()).to.deep.equal({ databaseUrl: 'postgres://one/db' });
    process.env['DATABASE_URL'] = '';
    expect(databaseUrl()).to.deep.equal({});
  });

  it('is refused by its kind without repeating the address, which holds a password', () => {
    process.env['DATABASE_URL'] = 'mysql://user:SECRET@host/db';
    expect(() => databaseUrl())
      .to.throw(/DATABASE_URL/)
      .with.property('message')
      .that.does.not.include('SECRET');
  });

  it('that is away makes a read unavailable and a write unknown, and says nothing else', () => {
    const error = new StorageError('UNREACHABLE', 'SECRET');
    const context = { language: 'en', requestId: 'r' } as const;
    const told = [false, true].map((isWrite) => toProblem(error, { ...context, isWrite }));
    expect(told.map(({ status, outcome, code }) => [status, outcome, code])).to.deep.equal([
      [503, 'unavailable', 'DATABASE_UNAVAILABLE'],
      [504, 'unknown', 'DATABASE_UNAVAILABLE'],
    ]);
    expect(JSON.stringify(told)).to.not.include('SECRET');
  });

  it('that is away is told by readiness', async () => {
    const checks = await readiness({
      index: { state: () => Promise.reject(new StorageError('UNREACHABLE', 'ECONNREFUSED')) },
      peerHeight: async () => 1n,
      registryGenesisHash: () => Promise.reject(new StorageError('UNREACHABLE', 'ECONNREFUSED')),
      isStopping: () => false,
    });
    expect(checks.filter(({ ok }) => ok).map(({ name }) => name)).to.deep.equal(['accepting', 'peer']);
    expect(checks.find(({ name }) => name === 'database')?.code).to.equal('DATABASE_UNAVAILABLE');
  });

  it('holds every member in a schema of its own, however alike two names are written', () => {
    expect(schemaOf('A-MSP')).to.match(/^concordat_a_msp_[0-9a-f]{8}$/);
    expect(schemaOf('A-MSP')).to.not.equal(schemaOf('A_MSP'));
    expect(schemaOf(`"; drop schema public; --${'x'.repeat(200)}`)).to.match(/^[a-z0-9_]{1,63}$/);
  });
});
