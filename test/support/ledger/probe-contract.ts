import { randomBytes } from 'node:crypto';
import { Contract, Context, Transaction, Returns } from 'fabric-contract-api';
import { keyPolicy } from '../../../chaincode/state/key-policy';

/** A contract that does nothing but touch the ledger; tests use it where the ledger itself is looked at. */
export class ProbeContract extends Contract {
  constructor() {
    super('Probe');
  }

  @Transaction()
  @Returns('string')
  async put(ctx: Context, key: string, value: string): Promise<string> {
    await ctx.stub.putState(key, Buffer.from(value));
    return value;
  }

  @Transaction()
  @Returns('string')
  async get(ctx: Context, key: string): Promise<string> {
    return Buffer.from(await ctx.stub.getState(key)).toString();
  }

  @Transaction()
  async remove(ctx: Context, key: string): Promise<void> {
    await ctx.stub.deleteState(key);
  }

  /** Reads one key and writes another: conflicts when the first has moved. */
  @Transaction()
  async copy(ctx: Context, from: string, to: string): Promise<void> {
    const value = await ctx.stub.getState(from);
    await ctx.stub.putState(to, Buffer.from(`${Buffer.from(value).toString()}+`));
  }

  /** Counts a range and writes the count: conflicts when the range has changed. */
  @Transaction()
  @Returns('string')
  async count(ctx: Context, from: string, to: string, target: string): Promise<string> {
    let found = 0;
    for await (const _one of ctx.stub.getStateByRange(from, to)) found++;
    await ctx.stub.putState(target, Buffer.from(String(found)));
    return String(found);
  }

  /** All peers of these members must endorse the key's next change. */
  @Transaction()
  async guard(ctx: Context, key: string, members: string): Promise<void> {
    await ctx.stub.setStateValidationParameter(key, keyPolicy({ participants: members.split(','), branches: [] }));
  }

  @Transaction()
  async putPrivate(ctx: Context, collection: string, key: string): Promise<void> {
    const value = ctx.stub.getTransient().get('value') ?? new Uint8Array();
    await ctx.stub.putPrivateData(collection, key, value);
  }

  @Transaction()
  @Returns('string')
  async getPrivate(ctx: Context, collection: string, key: string): Promise<string> {
    return Buffer.from(await ctx.stub.getPrivateData(collection, key)).toString();
  }

  @Transaction()
  @Returns('string')
  async getHash(ctx: Context, collection: string, key: string): Promise<string> {
    return Buffer.from(await ctx.stub.getPrivateDataHash(collection, key)).toString('hex');
  }

  @Transaction()
  async purge(ctx: Context, collection: string, key: string): Promise<void> {
    await ctx.stub.purgePrivateData(collection, key);
  }

  @Transaction()
  @Returns('string')
  async history(ctx: Context, key: string): Promise<string> {
    const versions: string[] = [];
    for await (const { isDelete, value } of ctx.stub.getHistoryForKey(key)) {
      versions.push(isDelete ? 'deleted' : Buffer.from(value).toString());
    }
    return JSON.stringify(versions);
  }

  @Transaction()
  @Returns('string')
  async page(ctx: Context, from: string, to: string, size: string, bookmark: string): Promise<string> {
    const { iterator, metadata } = await ctx.stub.getStateByRangeWithPagination(from, to, Number(size), bookmark);
    const keys: string[] = [];
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) keys.push(step.value.key);
    return JSON.stringify({ keys, bookmark: metadata.bookmark });
  }

  /** Writes something else at every peer: their endorsements differ. */
  @Transaction()
  async disagree(ctx: Context, key: string): Promise<void> {
    await ctx.stub.putState(key, randomBytes(16));
  }

  /** Refuses with these words. */
  @Transaction()
  refuse(_ctx: Context, words: string): Promise<void> {
    return Promise.reject(new Error(words));
  }

  @Transaction()
  async emit(ctx: Context, first: string, second: string): Promise<void> {
    ctx.stub.setEvent('first', Buffer.from(first));
    ctx.stub.setEvent('second', Buffer.from(second));
  }
}
