import { Contract, Context, Transaction } from 'fabric-contract-api';

/** The smallest write there is: one key, one value. */
export class PutContract extends Contract {
  constructor() {
    super('Bench');
  }

  @Transaction()
  async put(ctx: Context, key: string, value: string): Promise<void> {
    await ctx.stub.putState(key, Buffer.from(value));
  }
}
