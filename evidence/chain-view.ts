import type { ChannelConfig } from '../network/protocol/channel-config';
import type { ConfigCache } from './config-cache';
import { LoadedBlock } from './loaded-block';
import type { EvidencePackage } from './package-format';
import { ensure } from './report';
import type { Place, TransactionView } from './transaction-view';

const VALID = 0;

/** The blocks a package shows, and the configuration in force at each. */
export class ChainView {
  readonly blocks: readonly LoadedBlock[];
  readonly #byNumber: ReadonlyMap<number, LoadedBlock>;
  readonly #configs: readonly { readonly number: number; readonly config: ChannelConfig }[];
  #byId: Map<string, TransactionView> | undefined;

  /** @throws ProtocolError for bytes that are no block; EvidenceError GENESIS_MISSING. */
  constructor(evidence: Pick<EvidencePackage, 'blocks'>, cache: ConfigCache) {
    this.blocks = evidence.blocks.map(({ number, bytes }) => new LoadedBlock(number, bytes));
    this.#byNumber = new Map(this.blocks.map((block) => [block.number, block]));
    this.#configs = this.blocks.flatMap((block) => {
      const envelope = block.configuration();
      return envelope === undefined ? [] : [{ number: block.number, config: cache.read(envelope) }];
    });
    ensure(this.#configs[0]?.number === 0, 'GENESIS_MISSING', 'block 0');
  }

  get genesis(): { readonly block: LoadedBlock; readonly config: ChannelConfig } {
    return { block: this.blocks[0] as LoadedBlock, config: (this.#configs[0] as { config: ChannelConfig }).config };
  }

  get configurations(): readonly { readonly number: number; readonly config: ChannelConfig }[] {
    return this.#configs;
  }

  block(number: number): LoadedBlock | undefined {
    return this.#byNumber.get(number);
  }

  /** The configuration in force before a block was cut, as far as the package shows. */
  configBefore(number: number): { readonly number: number; readonly config: ChannelConfig } {
    const before = this.#configs.filter((candidate) => candidate.number < Math.max(number, 1));
    return before.at(-1) as { number: number; config: ChannelConfig };
  }

  get lastConfig(): ChannelConfig {
    return (this.#configs.at(-1) as { config: ChannelConfig }).config;
  }

  /** A transaction by its id; of several with one id the first that was judged valid, since that one stands. */
  transaction(id: string): TransactionView | undefined {
    return (this.#byId ??= this.#index()).get(id);
  }

  at({ block, position }: Place): TransactionView | undefined {
    return this.block(block)
      ?.transactions()
      .find((transaction) => transaction.place.position === position);
  }

  #index(): Map<string, TransactionView> {
    const found = new Map<string, TransactionView>();
    for (const block of this.blocks) {
      for (const transaction of block.transactions()) {
        const known = found.get(transaction.id);
        if (known === undefined || (known.code !== VALID && transaction.code === VALID))
          found.set(transaction.id, transaction);
      }
    }
    return found;
  }
}
