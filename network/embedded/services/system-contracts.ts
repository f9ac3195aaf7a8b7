import { common, peer } from '@hyperledger/fabric-protos';
import type { BlockStore } from '../block-store/block-store';
import { READERS, WRITERS, type Channel } from '../channel';
import type { SystemContracts } from '../endorser/endorser';
import type { CheckedProposal } from '../endorser/proposal-checker';
import type { ChaincodeDefinition, DefinitionCache } from '../world-state/chaincode-definitions';

type Answer = Uint8Array | Error;

/** The system chaincodes that answer questions about the ledger: `qscc`, and the definitions in `_lifecycle` and `cscc`. */
export class LedgerSystemContracts implements SystemContracts {
  readonly #channel: Channel;
  readonly #blocks: BlockStore;
  readonly #definitions: DefinitionCache;

  constructor(channel: Channel, blocks: BlockStore, definitions: DefinitionCache) {
    this.#channel = channel;
    this.#blocks = blocks;
    this.#definitions = definitions;
  }

  execute(name: string, proposal: CheckedProposal): peer.Response {
    const args = proposal.input.getArgsList_asU8();
    const answer = this.#answer(name, args, proposal);
    const response = new peer.Response();
    if (answer instanceof Error) {
      response.setStatus(500);
      response.setMessage(answer.message);
    } else {
      response.setStatus(200);
      response.setPayload(answer);
    }
    return response;
  }

  #answer(name: string, args: readonly Uint8Array[], proposal: CheckedProposal): Answer {
    if (name === 'qscc') return this.#queryLedger(args, proposal);
    if (name === 'cscc') return this.#queryConfiguration(args, proposal);
    if (name === '_lifecycle') return this.#queryLifecycle(args, proposal);
    return new Error(`system chaincode ${name} offers nothing on this ledger`);
  }

  /** @see fabric core/scc/qscc/query.go */
  #queryLedger(args: readonly Uint8Array[], proposal: CheckedProposal): Answer {
    if (args.length < 2) return new Error(`Incorrect number of arguments, ${args.length}`);
    const [name = '', channelId = ''] = args.map(toText);
    if (name !== 'GetChainInfo' && args.length < 3) return new Error(`missing 3rd argument for ${name}`);
    if (channelId !== this.#channel.id) return new Error(`Invalid chain ID, ${channelId}`);
    const denied = this.#checkAccess(READERS, proposal);
    if (denied) return new Error(`access denied for [${name}][${channelId}]: [${denied}]`);
    const argument = args[2] ?? new Uint8Array(0);
    switch (name) {
      case 'GetChainInfo':
        return this.#chainInfo();
      case 'GetBlockByNumber':
        return this.#blockByNumber(toText(argument));
      case 'GetBlockByHash':
        return this.#blockByHash(argument);
      case 'GetBlockByTxID':
        return this.#blockByTransaction(toText(argument));
      case 'GetTransactionByID':
        return this.#transaction(toText(argument));
      default:
        return new Error(`Requested function ${name} not found.`);
    }
  }

  #chainInfo(): Uint8Array {
    const info = new common.BlockchainInfo();
    const { height } = this.#blocks;
    info.setHeight(height);
    info.setCurrentblockhash(this.#blocks.lastHash);
    const last = this.#blocks.get(height - 1);
    const header = last && common.Block.deserializeBinary(last).getHeader();
    if (header) info.setPreviousblockhash(header.getPreviousHash_asU8());
    return info.serializeBinary();
  }

  #blockByNumber(text: string): Answer {
    if (!/^\d{1,20}$/.test(text)) {
      return new Error(`Failed to parse block number with error strconv.ParseUint: parsing "${text}": invalid syntax`);
    }
    const wanted = BigInt(text);
    // The highest number stands for the last block. @see fabric blkstorage RetrieveBlockByNumber
    const number = wanted === 0xffff_ffff_ffff_ffffn ? this.#blocks.height - 1 : Number(wanted);
    return (
      this.#blocks.get(number) ??
      new Error(`Failed to get block number ${text}, error no such block number [${text}] in index`)
    );
  }

  #blockByHash(hash: Uint8Array): Answer {
    const number = this.#blocks.numberOfHash(hash);
    const bytes = number === undefined ? undefined : this.#blocks.get(number);
    return bytes ?? new Error(`Failed to get block hash ${toText(hash)}, error no such block hash in index`);
  }

  #blockByTransaction(txId: string): Answer {
    const located = this.#blocks.locate(txId);
    const bytes = located && this.#blocks.get(located.blockNumber);
    return bytes ?? new Error(`Failed to get block for txID ${txId}, error no such transaction ID [${txId}] in index`);
  }

  #transaction(txId: string): Answer {
    const located = this.#blocks.locate(txId);
    const bytes = located && this.#blocks.get(located.blockNumber);
    if (!located || !bytes) {
      return new Error(`Failed to get transaction with id ${txId}, error no such transaction ID [${txId}] in index`);
    }
    const envelope = common.Block.deserializeBinary(bytes).getData()?.getDataList_asU8()[located.txNumber];
    const processed = new peer.ProcessedTransaction();
    processed.setTransactionenvelope(common.Envelope.deserializeBinary(envelope ?? new Uint8Array(0)));
    processed.setValidationcode(located.code);
    return processed.serializeBinary();
  }

  #queryConfiguration(args: readonly Uint8Array[], proposal: CheckedProposal): Answer {
    const [name = '', channelId = ''] = args.map(toText);
    if (channelId !== this.#channel.id) return new Error(`Unknown chain ID, ${channelId}`);
    const denied = this.#checkAccess(READERS, proposal);
    if (denied) return new Error(`access denied for [${name}][${channelId}]: ${denied}`);
    if (name === 'GetConfigBlock') return this.#blocks.get(0) ?? new Error('no configuration block');
    return new Error(`Requested function ${name} not found.`);
  }

  #queryLifecycle(args: readonly Uint8Array[], proposal: CheckedProposal): Answer {
    const name = toText(args[0] ?? new Uint8Array(0));
    const denied = this.#checkAccess(WRITERS, proposal);
    if (denied) return new Error(`Failed to authorize invocation due to failed ACL check: ${denied}`);
    if (name !== 'QueryChaincodeDefinition') {
      return new Error(`Unknown lifecycle function: ${name}: this ledger takes its chaincodes from its network file`);
    }
    const query = peer.lifecycle.QueryChaincodeDefinitionArgs.deserializeBinary(args[1] ?? new Uint8Array(0));
    const definition = this.#definitions.get(query.getName());
    if (!definition) return new Error(`namespace ${query.getName()} is not defined`);
    return definitionResult(definition);
  }

  #checkAccess(policy: string, { creator, proposalBytes, signature }: CheckedProposal): string | undefined {
    try {
      this.#channel.checkPolicy(policy, [{ identity: creator, message: proposalBytes, signature }]);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function definitionResult(definition: ChaincodeDefinition): Uint8Array {
  const result = new peer.lifecycle.QueryChaincodeDefinitionResult();
  result.setSequence(definition.sequence);
  result.setVersion(definition.version);
  result.setEndorsementPlugin('escc');
  result.setValidationPlugin('vscc');
  result.setValidationParameter(definition.validationParameter);
  result.setInitRequired(definition.initRequired);
  return result.serializeBinary();
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
