import { common, peer } from '@hyperledger/fabric-protos';
import { EndorseError, type Contract, type Network, type Transaction } from '@hyperledger/fabric-gateway';
import { until } from '../../../network/fabric/commands';
import { MEMBERS, type Member, type ProbeNetwork } from './probe-network';
import { newRandom, randomBlock, type ProbeOperation } from './random-operations';
import { describeTransaction } from './trace';

/** Messages in every block: all are cut by their count, so that what belongs together stays together. */
export const BLOCK_SIZE = 8;

/** Plays blocks of operations on one network and tells what came of each transaction. */
export class OperationPlayer {
  readonly #networks: ReadonlyMap<Member, Network>;
  readonly #contract: Contract;
  #height = 0;

  constructor(network: ProbeNetwork) {
    this.#networks = new Map(MEMBERS.map((mspId) => [mspId, network.network(mspId)]));
    this.#contract = this.#networks.get('AlphaMSP')!.getContract('probe');
  }

  /** One line for each transaction of `blocks` random blocks of this seed. */
  async play(seed: number, blocks: number): Promise<string[]> {
    const random = newRandom(seed);
    const prefix = `s${seed}-`;
    const first = await this.#fillUp();
    const lines: string[] = [];
    for (let block = 0; block < blocks; block++) {
      const operations = randomBlock(random, prefix, 2 + random(BLOCK_SIZE - 2));
      lines.push(...(await this.#block(operations, first + 1)).map((line) => `${block} ${line}`));
    }
    return lines;
  }

  /** A block of nothing but fillers; its number. */
  async #fillUp(): Promise<number> {
    await this.#block([], 0);
    return this.#height - 1;
  }

  async #block(operations: readonly ProbeOperation[], firstBlock: number): Promise<string[]> {
    const endorsed: { operation: string; transaction?: Transaction; refused?: string }[] = [];
    for (const operation of operations) endorsed.push(await this.#endorse(operation));
    const transactions = endorsed.flatMap(({ transaction }) => (transaction ? [transaction] : []));
    while (transactions.length < BLOCK_SIZE) transactions.push(await this.#filler());
    const commits = [];
    for (const transaction of transactions) commits.push(await transaction.submit());
    const statuses = await Promise.all(commits.map((commit) => commit.getStatus()));
    const numbers = new Set(statuses.map(({ blockNumber }) => Number(blockNumber)));
    if (numbers.size !== 1) throw new Error(`the transactions are in blocks ${[...numbers].join(', ')}`);
    await this.#awaitHeight((numbers.values().next().value as number) + 1);
    const codes = new Map(statuses.map(({ transactionId, code }) => [transactionId, nameOf(code)]));
    return endorsed.map(({ operation, transaction, refused }) => {
      if (!transaction) return `${operation} -> ${refused ?? ''}`;
      const code = codes.get(transaction.getTransactionId());
      return `${operation} -> ${code} ${describeTransaction(transaction.getBytes(), firstBlock)}`;
    });
  }

  async #endorse({
    fn,
    args,
    endorsers,
    transient,
  }: ProbeOperation): Promise<{ operation: string; transaction?: Transaction; refused?: string }> {
    const by = endorsers.map((mspId) => mspId[0]).join('');
    const operation = `${fn}(${args.join(' ')}${transient === undefined ? '' : ` ${transient}`})/${by}`;
    const proposal = this.#contract.newProposal(`Probe:${fn}`, {
      arguments: [...args],
      endorsingOrganizations: [...endorsers],
      ...(transient !== undefined && { transientData: { value: Buffer.from(transient) } }),
    });
    try {
      return { operation, transaction: await proposal.endorse() };
    } catch (error) {
      if (!(error instanceof EndorseError)) throw error;
      const details = error.details.map(({ mspId, message }) => `${mspId}: ${message}`).sort();
      return { operation, refused: `refused ${error.code} ${details.join('; ')}` };
    }
  }

  #filler(): Promise<Transaction> {
    return this.#contract.newProposal('Probe:put', { arguments: ['filler', 'x'] }).endorse();
  }

  /** Another member's peer may be a block behind, and endorses on what it has. */
  async #awaitHeight(height: number): Promise<void> {
    for (const [mspId, network] of this.#networks) {
      await until(`${mspId} has ${height} blocks`, async () => {
        const bytes = await network.getContract('qscc').evaluateTransaction('GetChainInfo', 'probe');
        return common.BlockchainInfo.deserializeBinary(bytes).getHeight() >= height ? true : undefined;
      });
    }
    this.#height = height;
  }
}

function nameOf(code: number): string {
  return Object.entries(peer.TxValidationCode).find(([, value]) => (value as number) === code)?.[0] ?? String(code);
}
