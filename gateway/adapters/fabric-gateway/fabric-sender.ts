import { common, gateway as gatewayMessages, peer } from '@hyperledger/fabric-protos';
import { ledgerError } from '../../ports/ledger-port';
import type { EnvelopeSender, TransactionStatus } from '../../ports/outbox-port';
import { deadline, type FabricConnection } from './connection';
import { isDeadline, toBroadcastError } from '../peer-errors';
import type { Semaphore } from '../semaphore';

const CODE_NAMES = new Map(Object.entries(peer.TxValidationCode).map(([name, code]) => [code as number, name]));

/** Broadcasts stored envelopes and asks for their status through the peer's Gateway service. */
export class FabricSender implements EnvelopeSender {
  readonly #connection: FabricConnection;
  readonly #channel: string;
  readonly #calls: Semaphore;
  readonly #waits: Semaphore;

  constructor(
    connection: FabricConnection,
    channel: string,
    limits: { readonly calls: Semaphore; readonly waits: Semaphore },
  ) {
    this.#connection = connection;
    this.#channel = channel;
    this.#calls = limits.calls;
    this.#waits = limits.waits;
  }

  async broadcast(transactionId: string, envelope: Uint8Array): Promise<void> {
    const prepared = new gatewayMessages.PreparedTransaction();
    prepared.setTransactionId(transactionId);
    prepared.setEnvelope(common.Envelope.deserializeBinary(envelope));
    const transaction = this.#connection.gateway.newTransaction(prepared.serializeBinary());
    try {
      await this.#calls.run(() => transaction.submit());
    } catch (error) {
      throw toBroadcastError(error, transactionId);
    }
  }

  async status(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined> {
    const request = new gatewayMessages.CommitStatusRequest();
    request.setChannelId(this.#channel);
    request.setTransactionId(transactionId);
    request.setIdentity(this.#connection.creator);
    const bytes = request.serializeBinary();
    const signed = new gatewayMessages.SignedCommitStatusRequest();
    signed.setRequest(bytes);
    try {
      const signature = await this.#connection.sign(bytes);
      const commit = this.#connection.gateway.newSignedCommit(signed.serializeBinary(), signature);
      const { code, blockNumber } = await this.#waits.run(() => commit.getStatus(deadline(timeoutMs)));
      return { code: CODE_NAMES.get(code) ?? `CODE_${code}`, blockNumber };
    } catch (error) {
      if (isDeadline(error)) return undefined;
      throw ledgerError('unavailable', 'PEER_UNAVAILABLE', {}, transactionId);
    }
  }
}
