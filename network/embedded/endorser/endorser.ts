import { peer } from '@hyperledger/fabric-protos';
import { WRITERS, type Channel } from '../channel';
import type { ContractCaller, TransactionParameters } from './contract-caller';
import { isSystemChaincode, newChaincodeInterest } from './chaincode-interest';
import type { CheckedProposal, ProposalChecker } from './proposal-checker';
import type { UnpackedProposal } from './proposal';
import { failure, newResponsePayload } from './response-payload';
import { encodeSimulation } from './simulation-encoding';
import type { TransactionSimulator } from './transaction-simulator';

/** Signs what this member endorses. */
export interface EndorsementSigner {
  readonly serializedIdentity: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** What the endorser reads of the ledger. */
export interface EndorserLedger {
  readonly height: number;
  hasTransaction(txId: string): boolean;
  newSimulator(txId: string): TransactionSimulator;
}

/** Takes the private write sets of an endorsed transaction to the members that may hold them. */
export interface PrivateDataDistributor {
  distribute(txId: string, result: SimulationBytes): void;
}

export interface SimulationBytes {
  /** rwset.TxReadWriteSet. */
  readonly publicBytes: Uint8Array;
  /** Private write sets by collection, hashed in the public set. */
  readonly privateWrites: readonly { namespace: string; collection: string; bytes: Uint8Array }[];
}

/** As Fabric's (response, error) pair: with an error the gRPC service fails, but the gateway beside it sees both. */
export interface EndorserAnswer {
  readonly response?: peer.ProposalResponse;
  readonly error?: Error;
}

export interface SystemContracts {
  execute(name: string, proposal: CheckedProposal): peer.Response;
}

/**
 * One member's endorser: checks a proposal, runs the contract on a snapshot, signs what it read and wrote.
 *
 * @see fabric core/endorser/endorser.go
 */
export class Endorser {
  readonly mspId: string;
  readonly #channel: Channel;
  readonly #checker: ProposalChecker;
  readonly #ledger: EndorserLedger;
  readonly #contracts: ContractCaller;
  readonly #system: SystemContracts;
  readonly #distributor: PrivateDataDistributor;
  readonly #signer: EndorsementSigner;

  constructor(options: {
    mspId: string;
    channel: Channel;
    checker: ProposalChecker;
    ledger: EndorserLedger;
    contracts: ContractCaller;
    system: SystemContracts;
    distributor: PrivateDataDistributor;
    signer: EndorsementSigner;
  }) {
    this.mspId = options.mspId;
    this.#channel = options.channel;
    this.#checker = options.checker;
    this.#ledger = options.ledger;
    this.#contracts = options.contracts;
    this.#system = options.system;
    this.#distributor = options.distributor;
    this.#signer = options.signer;
  }

  async processProposal(signed: peer.SignedProposal): Promise<EndorserAnswer> {
    let proposal: UnpackedProposal;
    try {
      proposal = this.#checker.unpack(signed);
    } catch (error) {
      return refused(error as Error);
    }
    try {
      this.#checker.filter(proposal);
    } catch (error) {
      return { error: error as Error };
    }
    if (proposal.channelId !== this.#channel.id) {
      return { response: failure(`channel '${proposal.channelId}' not found`) };
    }
    let checked: CheckedProposal;
    try {
      checked = this.#preProcess(proposal);
    } catch (error) {
      return refused(error as Error);
    }
    return { response: await this.#endorse(checked).catch((error: unknown) => failure((error as Error).message)) };
  }

  #preProcess(proposal: UnpackedProposal): CheckedProposal {
    let checked: CheckedProposal;
    try {
      checked = this.#checker.check(proposal);
    } catch (error) {
      throw new Error(`error validating proposal: ${(error as Error).message}`);
    }
    if (this.#ledger.hasTransaction(checked.txId)) {
      const creator = Buffer.from(checked.creator).toString('hex');
      throw new Error(`duplicate transaction found [${checked.txId}]. Creator [${creator}]`);
    }
    if (!isSystemChaincode(checked.chaincode)) {
      const { creator, proposalBytes, signature } = checked;
      this.#channel.checkPolicy(WRITERS, [{ identity: creator, message: proposalBytes, signature }]);
    }
    return checked;
  }

  async #endorse(proposal: CheckedProposal): Promise<peer.ProposalResponse> {
    if (isSystemChaincode(proposal.chaincode)) {
      const response = this.#system.execute(proposal.chaincode, proposal);
      return await this.#newResponse(proposal, { version: 'syscc', response });
    }
    const simulator = this.#ledger.newSimulator(proposal.txId);
    try {
      return await this.#simulate(proposal, simulator);
    } finally {
      simulator.release();
    }
  }

  async #simulate(proposal: CheckedProposal, simulator: TransactionSimulator): Promise<peer.ProposalResponse> {
    const name = proposal.chaincode;
    const version = this.#contracts.endorsementInfo(name, simulator, proposal.channelId).version;
    const parameters: TransactionParameters = { proposal, simulator };
    const { response, event } = await this.#contracts
      .execute(parameters, name, proposal.input)
      .catch((error: unknown) => {
        throw new Error(`error in simulation: ${(error as Error).message}`);
      });
    const result = simulator.results();
    const bytes = encodeSimulation(result.namespaces);
    this.#distributor.distribute(proposal.txId, bytes);
    return await this.#newResponse(proposal, {
      version,
      response,
      results: bytes.publicBytes,
      interest: newChaincodeInterest(result),
      ...(event && { event }),
    });
  }

  async #newResponse(
    proposal: CheckedProposal,
    outcome: {
      version: string;
      response: peer.Response;
      results?: Uint8Array;
      interest?: peer.ChaincodeInterest;
      event?: peer.ChaincodeEvent;
    },
  ): Promise<peer.ProposalResponse> {
    const { response, interest } = outcome;
    const answer = new peer.ProposalResponse();
    answer.setResponse(response);
    const status = response.getStatus();
    if (status >= 400 && status < 500) return answer;
    const payload = newResponsePayload(proposal, outcome);
    answer.setPayload(payload);
    answer.setInterest(interest);
    if (status >= 500) return answer;
    answer.setVersion(1);
    answer.setEndorsement(await this.#sign(payload));
    return answer;
  }

  async #sign(payload: Uint8Array): Promise<peer.Endorsement> {
    const endorsement = new peer.Endorsement();
    const { serializedIdentity } = this.#signer;
    endorsement.setEndorser(serializedIdentity);
    endorsement.setSignature(await this.#signer.sign(Buffer.concat([payload, serializedIdentity])));
    return endorsement;
  }
}

function refused(error: Error): EndorserAnswer {
  return { response: failure(error.message), error };
}
