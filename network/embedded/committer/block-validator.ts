import { common } from '@hyperledger/fabric-protos';
import { StorageError } from '../../storage/database';
import type { Channel, Identity } from '../channel';
import type { DefinitionCache } from '../world-state/chaincode-definitions';
import type { StateReader } from '../world-state/state';
import { validateConflicts } from './conflict-validator';
import { EndorsementValidator, type ChangedPolicies } from './endorsement-validator';
import { Code, type ParsedTransaction } from './parsed-transaction';
import { StateOverlay } from './state-overlay';
import { applyWriteSet } from './write-set-applier';

export interface ValidatedBlock {
  /** One peer.TxValidationCode per transaction. */
  readonly codes: Uint8Array;
  /** The state's changes by the valid transactions. */
  readonly overlay: StateOverlay;
}

/** What it needs to know of earlier blocks. */
export interface KnownTransactions {
  has(txId: string): boolean;
}

/** Whose signature on the envelope has been verified when it was ordered, so that it need not be verified again. */
export interface VerifiedEnvelopes {
  wasVerified(bytes: Uint8Array): boolean;
}

/**
 * Judges each transaction of a block, in Fabric's order: form, creator, id, endorsements, then conflicts.
 *
 * @see fabric core/committer/txvalidator/v20/validator.go; core/ledger/kvledger/txmgmt/validation
 */
export class BlockValidator {
  readonly #channel: Channel;
  readonly #state: StateReader;
  readonly #known: KnownTransactions;
  readonly #verified: VerifiedEnvelopes;
  readonly #endorsements: EndorsementValidator;

  constructor(options: {
    channel: Channel;
    state: StateReader;
    definitions: DefinitionCache;
    known: KnownTransactions;
    verified: VerifiedEnvelopes;
  }) {
    this.#channel = options.channel;
    this.#state = options.state;
    this.#known = options.known;
    this.#verified = options.verified;
    this.#endorsements = new EndorsementValidator(options.channel, options.state, options.definitions);
  }

  validate(blockNumber: number, transactions: readonly ParsedTransaction[]): ValidatedBlock {
    // The first block is the configuration this ledger was created with; there is nothing to judge it by.
    if (blockNumber === 0)
      return { codes: Uint8Array.from(transactions, () => Code.VALID), overlay: new StateOverlay(this.#state) };
    const changed: ChangedPolicies = new Set();
    const codes = transactions.map((transaction) => this.#validateSafely(transaction, changed));
    markRepeats(transactions, codes);
    const overlay = new StateOverlay(this.#state);
    transactions.forEach(({ action }, txNumber) => {
      if (codes[txNumber] !== Code.VALID || !action) return;
      const code = validateConflicts(action.readWriteSet, overlay);
      codes[txNumber] = code;
      if (code === Code.VALID) applyWriteSet(action.readWriteSet, { blockNumber, txNumber }, overlay);
    });
    return { codes: Uint8Array.from(codes), overlay };
  }

  /** A transaction that trips the rules themselves is invalid; it must not stop the ledger. */
  #validateSafely(transaction: ParsedTransaction, changed: ChangedPolicies): number {
    try {
      return this.#validateOne(transaction, changed);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      return Code.INVALID_OTHER_REASON;
    }
  }

  #validateOne(transaction: ParsedTransaction, changed: ChangedPolicies): number {
    if (transaction.early !== undefined) return transaction.early;
    if (!this.#isSignedByCreator(transaction)) return Code.BAD_CREATOR_SIGNATURE;
    if (transaction.late !== undefined) return transaction.late;
    if (transaction.type === common.HeaderType.CONFIG) return Code.VALID;
    if (this.#known.has(transaction.txId)) return Code.DUPLICATE_TXID;
    if (transaction.last !== undefined) return transaction.last;
    return transaction.action ? this.#endorsements.validate(transaction.action, changed) : Code.INVALID_OTHER_REASON;
  }

  #isSignedByCreator({ bytes, creator, payload, signature }: ParsedTransaction): boolean {
    if (this.#verified.wasVerified(bytes)) return true;
    let identity: Identity;
    try {
      identity = this.#channel.identity(creator);
    } catch {
      return false;
    }
    return this.#channel.isValid(identity) && identity.verify(payload, signature);
  }
}

/** Of several valid transactions with one id the first stands. */
function markRepeats(transactions: readonly ParsedTransaction[], codes: number[]): void {
  const seen = new Set<string>();
  transactions.forEach(({ txId }, index) => {
    if (codes[index] !== Code.VALID || txId === '') return;
    if (seen.has(txId)) codes[index] = Code.DUPLICATE_TXID;
    seen.add(txId);
  });
}
