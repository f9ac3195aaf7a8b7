import { peer } from '@hyperledger/fabric-protos';
import { WRITERS, type Channel } from '../channel';
import { LIFECYCLE, readSequence, type DefinitionCache } from '../world-state/chaincode-definitions';
import type { ChaincodeConnection } from './chaincode-connection';
import { isSystemChaincode } from './chaincode-interest';
import { MessageType, newMessage, type ChaincodeMessage } from './chaincode-message';
import { permissionOf } from './collection-access';
import { ContractRequests } from './contract-requests';
import type { CheckedProposal } from './proposal-checker';
import type { QueryRows } from './query-response';
import type { TransactionSimulator } from './transaction-simulator';

/** What one transaction carries through every chaincode it calls. */
export interface TransactionParameters {
  readonly proposal: CheckedProposal;
  readonly simulator: TransactionSimulator;
}

export interface ContractOutcome {
  readonly response: peer.Response;
  readonly event?: peer.ChaincodeEvent;
}

export interface HistorySource {
  history(namespace: string, key: string): QueryRows;
}

const INITIALIZED = '\u0000\u{10FFFF}initialized';

/**
 * Runs contracts of one member, and contracts called by contracts.
 *
 * @see fabric core/chaincode/chaincode_support.go
 */
export class ContractCaller {
  readonly #channel: Channel;
  readonly #definitions: DefinitionCache;
  readonly #connections: ReadonlyMap<string, ChaincodeConnection>;
  readonly #history: HistorySource;
  readonly #executeTimeoutMs: number;

  constructor(options: {
    channel: Channel;
    definitions: DefinitionCache;
    connections: ReadonlyMap<string, ChaincodeConnection>;
    history: HistorySource;
    executeTimeoutMs: number;
  }) {
    this.#channel = options.channel;
    this.#definitions = options.definitions;
    this.#connections = options.connections;
    this.#history = options.history;
    this.#executeTimeoutMs = options.executeTimeoutMs;
  }

  /** @throws Error with Fabric's wording when the chaincode is not defined, or not run by this member. */
  endorsementInfo(
    name: string,
    simulator: TransactionSimulator,
    channelId: string,
  ): { version: string; initRequired: boolean } {
    try {
      return this.#info(name, simulator);
    } catch (error) {
      throw new Error(
        `make sure the chaincode ${name} has been successfully defined on channel ${channelId} and try again: ` +
          (error as Error).message,
      );
    }
  }

  async execute(parameters: TransactionParameters, name: string, input: peer.ChaincodeInput): Promise<ContractOutcome> {
    const { txId } = parameters.proposal;
    let message: ChaincodeMessage;
    try {
      message = await this.#invoke(parameters, name, input);
    } catch (error) {
      throw new Error(`failed to execute transaction ${txId}: ${(error as Error).message}`);
    }
    if (message.getType() === MessageType.ERROR) {
      throw new Error(`transaction returned with failure: ${Buffer.from(message.getPayload_asU8()).toString('utf8')}`);
    }
    const response = peer.Response.deserializeBinary(message.getPayload_asU8());
    const event = message.getChaincodeEvent();
    if (!event || response.getStatus() >= 400) return { response };
    event.setChaincodeId(name);
    event.setTxId(txId);
    return { response, event };
  }

  #info(name: string, simulator: TransactionSimulator): { version: string; initRequired: boolean } {
    const sequence = readSequence((key) => simulator.getState(LIFECYCLE, key)?.value, name);
    const definition = sequence > 0 ? this.#definitions.get(name) : undefined;
    if (!definition) {
      simulator.getState('lscc', name); // a peer looks into the old lifecycle too, and the read set tells
      throw new Error(`chaincode ${name} not found`);
    }
    if (definition.sequence !== sequence) {
      throw new Error(
        `chaincode cache at sequence ${definition.sequence} but current sequence is ${sequence}, ` +
          `chaincode definition for '${name}' changed during invoke`,
      );
    }
    if (!this.#connections.has(name)) {
      throw new Error(`chaincode definition for '${name}' exists, but chaincode is not installed`);
    }
    return definition;
  }

  async #invoke(
    parameters: TransactionParameters,
    name: string,
    input: peer.ChaincodeInput,
  ): Promise<ChaincodeMessage> {
    const type = this.#checkInvocation(parameters, name, input);
    const connection = this.#connections.get(name) as ChaincodeConnection;
    const { proposal, simulator } = parameters;
    const { channelId, txId } = proposal;
    const requests = new ContractRequests({
      channelId,
      txId,
      namespace: name,
      isInit: type === MessageType.INIT,
      simulator,
      permission: (collection) => permissionOf(this.#channel, parameters, name, collection),
      history: (key) => this.#history.history(name, key),
      invokeChaincode: (specification) => this.#callChaincode(parameters, specification),
    });
    const message = newMessage({ type, payload: input.serializeBinary(), txId, channelId, proposal: proposal.signed });
    return connection.execute(requests, message, this.#executeTimeoutMs);
  }

  #checkInvocation(
    { simulator, proposal }: TransactionParameters,
    name: string,
    input: peer.ChaincodeInput,
  ): typeof MessageType.INIT | typeof MessageType.TRANSACTION {
    let info: { version: string; initRequired: boolean };
    try {
      info = this.#info(name, simulator);
    } catch (error) {
      throw new Error(
        `invalid invocation: [channel ${proposal.channelId}] failed to get chaincode container info for ${name}: ` +
          (error as Error).message,
      );
    }
    const version = Buffer.from(info.version);
    const held = info.initRequired ? simulator.getState(name, INITIALIZED)?.value : undefined;
    const needsInit = info.initRequired && (!held || Buffer.compare(held, version) !== 0);
    if (!input.getIsInit()) {
      if (!needsInit) return MessageType.TRANSACTION;
      throw new Error(
        `invalid invocation: chaincode '${name}' has not been initialized for this version, must call as init first`,
      );
    }
    if (!info.initRequired) {
      throw new Error(`invalid invocation: chaincode '${name}' does not require initialization but called as init`);
    }
    if (!needsInit)
      throw new Error(`invalid invocation: chaincode '${name}' is already initialized but called as init`);
    simulator.setState(name, INITIALIZED, version);
    return MessageType.INIT;
  }

  /** One contract calls another: in the same simulation, in the other's namespace. */
  async #callChaincode(parameters: TransactionParameters, bytes: Uint8Array): Promise<Uint8Array> {
    const specification = peer.ChaincodeSpec.deserializeBinary(bytes);
    const { name, channelId } = parseTarget(specification.getChaincodeId()?.getName() ?? '', this.#channel.id);
    const input = specification.getInput() ?? new peer.ChaincodeInput();
    if (isSystemChaincode(name)) return systemRefusal(name, parameters).serializeBinary();
    const { creator, proposalBytes, signature } = parameters.proposal;
    if (channelId !== this.#channel.id) throw new Error(`failed to find ledger for channel: ${channelId}`);
    this.#channel.checkPolicy(WRITERS, [{ identity: creator, message: proposalBytes, signature }]);
    try {
      return (await this.#invoke(parameters, name, input)).serializeBinary();
    } catch (error) {
      throw new Error(`execute failed: ${(error as Error).message}`);
    }
  }
}

/** "name:version/channel", of which version and channel may be left out. @see fabric core/chaincode/handler.go ParseName */
function parseTarget(target: string, ownChannel: string): { name: string; channelId: string } {
  const [instance = '', channelId = ''] = splitOnce(target, '/');
  const [name = ''] = splitOnce(instance, ':');
  return { name, channelId: channelId === '' ? ownChannel : channelId };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** System chaincodes answer contracts with a refusal, as a peer's `qscc` does. */
function systemRefusal(name: string, { proposal }: TransactionParameters): ChaincodeMessage {
  const response = new peer.Response();
  response.setStatus(500);
  response.setMessage(
    `Rejecting invoke of ${name.toUpperCase()} from another chaincode because of potential for deadlocks, ` +
      `original invocation for '${proposal.chaincode}'`,
  );
  const { txId, channelId } = proposal;
  return newMessage({ type: MessageType.COMPLETED, payload: response.serializeBinary(), txId, channelId });
}
