import { status } from '@grpc/grpc-js';
import { common, gateway, peer } from '@hyperledger/fabric-protos';
import { READERS, type Channel, type SignedData } from '../channel';
import type { Endorser, EndorserAnswer } from '../endorser/endorser';
import type { UnpackedProposal } from '../endorser/proposal';
import type { ProposalChecker } from '../endorser/proposal-checker';
import type { OrderingService } from '../orderer/orderer';
import type { EndorsementPlan } from './endorsement-plan';
import type { EndorsementPlanner } from './endorsement-planner';
import { judgeAnswer } from './endorser-answer';
import { newTransaction } from './prepared-transaction';
import { RpcError, type ErrorDetail } from './rpc-error';
import type { TransactionStatus, TransactionStatuses } from './transaction-statuses';

export interface GatewayPeer {
  readonly endorser: Endorser;
  /** host:port, as it stands in error details. */
  readonly address: string;
}

const STATUS_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(common.Status).map(([name, number]) => [number as number, name]),
);

/**
 * The Gateway service of one member's peer: endorse, submit, commit status, evaluate.
 *
 * @see fabric internal/pkg/gateway
 */
export class GatewayService {
  readonly #mspId: string;
  readonly #channel: Channel;
  readonly #peers: ReadonlyMap<string, GatewayPeer>;
  readonly #planner: EndorsementPlanner;
  readonly #checker: ProposalChecker;
  readonly #orderer: OrderingService;
  readonly #statuses: TransactionStatuses;

  constructor(options: {
    mspId: string;
    channel: Channel;
    peers: ReadonlyMap<string, GatewayPeer>;
    planner: EndorsementPlanner;
    checker: ProposalChecker;
    orderer: OrderingService;
    statuses: TransactionStatuses;
  }) {
    this.#mspId = options.mspId;
    this.#channel = options.channel;
    this.#peers = options.peers;
    this.#planner = options.planner;
    this.#checker = options.checker;
    this.#orderer = options.orderer;
    this.#statuses = options.statuses;
  }

  async endorse(request: gateway.EndorseRequest): Promise<gateway.EndorseResponse> {
    const signed = request.getProposedTransaction();
    if (!signed || signed.getProposalBytes_asU8().length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'the proposed transaction must contain a signed proposal');
    }
    const proposal = this.#unpack(signed);
    await this.#channel.verifyAhead(signedDataOf(proposal));
    const members = request.getEndorsingOrganizationsList();
    const plan =
      members.length > 0
        ? attempt(status.UNAVAILABLE, () => this.#planner.planForMembers(proposal.chaincode, members))
        : await this.#planFromFirstEndorser(proposal);
    for (
      let next = plan.result ? undefined : plan.nextMembers();
      next;
      next = plan.result ? undefined : plan.nextMembers()
    ) {
      const failed = await Promise.all(
        next.map(async (member) => ((await this.#ask(plan, member, signed)) ? [] : [member])),
      );
      plan.abandon(failed.flat());
    }
    if (!plan.result) {
      throw new RpcError(
        status.ABORTED,
        'failed to collect enough transaction endorsements, see attached details for more info',
        plan.errors,
      );
    }
    const response = new gateway.EndorseResponse();
    response.setPreparedTransaction(newTransaction(proposal, plan.result));
    return response;
  }

  async submit(request: gateway.SubmitRequest): Promise<gateway.SubmitResponse> {
    const transaction = request.getPreparedTransaction();
    if (!transaction) throw new RpcError(status.INVALID_ARGUMENT, 'a prepared transaction is required');
    if (transaction.getSignature_asU8().length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'prepared transaction must be signed');
    }
    const channelId = request.getChannelId();
    if (channelId !== this.#channel.id) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        `failed to get config for channel [${channelId}]: channel does not exist`,
      );
    }
    const answer = await this.#orderer.broadcast(transaction);
    if (answer.status === common.Status.SUCCESS) return new gateway.SubmitResponse();
    if (answer.status >= 400 && answer.status < 500) {
      throw new RpcError(
        status.ABORTED,
        `received unsuccessful response from orderer: status=${STATUS_NAMES.get(answer.status) ?? ''}, info=${answer.info}`,
      );
    }
    throw new RpcError(status.UNAVAILABLE, 'no orderers could successfully process transaction');
  }

  async commitStatus(
    signed: gateway.SignedCommitStatusRequest,
    cancelled: AbortSignal,
  ): Promise<gateway.CommitStatusResponse> {
    const bytes = signed.getRequest_asU8();
    if (bytes.length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'a commit status request is required');
    const request = attempt(
      status.INVALID_ARGUMENT,
      () => gateway.CommitStatusRequest.deserializeBinary(bytes),
      'invalid status request: ',
    );
    const identity = request.getIdentity_asU8();
    const channelId = request.getChannelId();
    if (identity.length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'no identity provided');
    if (channelId === '') throw new RpcError(status.INVALID_ARGUMENT, 'no channel ID provided');
    if (request.getTransactionId() === '')
      throw new RpcError(status.INVALID_ARGUMENT, 'transaction ID should not be empty');
    const asked = { identity, message: bytes, signature: signed.getSignature_asU8() };
    await this.#channel.verifyAhead(asked);
    this.checkReader(channelId, asked);
    const found: TransactionStatus = await this.#statuses.wait(request.getTransactionId(), cancelled);
    const response = new gateway.CommitStatusResponse();
    response.setResult(found.code as peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap]);
    response.setBlockNumber(found.blockNumber);
    return response;
  }

  async evaluate(request: gateway.EvaluateRequest): Promise<gateway.EvaluateResponse> {
    const signed = request.getProposedTransaction();
    if (!signed)
      throw new RpcError(
        status.INVALID_ARGUMENT,
        'failed to unpack transaction proposal: a signed proposal is required',
      );
    const proposal = this.#unpack(signed, 'failed to unpack transaction proposal: ');
    if (proposal.channelId === '') {
      throw new RpcError(status.INVALID_ARGUMENT, 'failed to unpack transaction proposal: no channel id provided');
    }
    if (proposal.channelId !== this.#channel.id) {
      throw new RpcError(
        status.UNAVAILABLE,
        `failed to get config for channel [${proposal.channelId}]: channel does not exist`,
      );
    }
    const targets = request.getTargetOrganizationsList();
    const isProtected = proposal.hasTransient && targets.length === 0;
    const refusal = isProtected
      ? "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data: "
      : '';
    const allowed = isProtected ? [this.#mspId] : targets;
    const members = attempt(
      status.FAILED_PRECONDITION,
      () => this.#planner.evaluators(proposal.chaincode, this.#mspId, allowed),
      refusal,
    );
    return this.#evaluateOn(members, signed);
  }

  /** @throws RpcError PERMISSION_DENIED. */
  checkReader(channelId: string, signed: SignedData): void {
    attempt(status.PERMISSION_DENIED, () => {
      if (channelId !== this.#channel.id) throw new Error(`Failed to get policy manager for channel [${channelId}]`);
      this.#channel.checkPolicy(READERS, [signed]);
    });
  }

  async #evaluateOn(members: readonly string[], signed: peer.SignedProposal): Promise<gateway.EvaluateResponse> {
    const details: ErrorDetail[] = [];
    let code = status.UNKNOWN;
    for (const member of members) {
      const { response, failure } = judgeAnswer(await this.#process(member, signed));
      if (response) {
        const evaluated = new gateway.EvaluateResponse();
        evaluated.setResult(resultOf(response));
        return evaluated;
      }
      details.push(this.#detail(member, failure.message));
      code = failure.code;
      if (!failure.retry) {
        throw new RpcError(code, `evaluate call to endorser returned error: ${failure.message}`, details);
      }
    }
    throw new RpcError(code, 'failed to evaluate transaction, see attached details for more info', details);
  }

  /**
   * Runs the proposal on the own peer, learns from it what the transaction touches, and finds the others by that.
   *
   * @see fabric internal/pkg/gateway/endorse.go planFromFirstEndorser
   */
  async #planFromFirstEndorser(proposal: UnpackedProposal): Promise<EndorsementPlan> {
    const defaultCalls = [newCall(proposal.chaincode)];
    let first = this.#mspId;
    try {
      this.#planner.planForMembers(proposal.chaincode, [first]);
    } catch {
      if (proposal.hasTransient) {
        throw new RpcError(
          status.FAILED_PRECONDITION,
          "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect transient data",
        );
      }
      const plan = attempt(status.FAILED_PRECONDITION, () => this.#planner.planFor(defaultCalls));
      first = plan.nextMembers()?.[0] as string;
    }
    const { response, failure } = judgeAnswer(await this.#process(first, proposal.signed));
    if (!response) {
      throw new RpcError(status.ABORTED, 'failed to endorse transaction, see attached details for more info', [
        this.#detail(first, failure.message),
      ]);
    }
    const touched = response.getInterest()?.getChaincodesList() ?? [];
    const plan = this.#planForCalls(touched.length > 0 ? touched : defaultCalls, proposal.hasTransient, first);
    plan.accept(first, response, (message) => this.#detail(first, message));
    return plan;
  }

  /** With transient data only members of the collections involved may be asked. */
  #planForCalls(calls: readonly peer.ChaincodeCall[], hasTransient: boolean, first: string): EndorsementPlan {
    const cautious = hasTransient ? calls.map(withPrivateReads) : calls;
    try {
      return this.#planner.planFor(cautious, first);
    } catch (error) {
      const guarded = calls.filter((call) => call.getNoPrivateReads()).flatMap((call) => call.getCollectionNamesList());
      if (hasTransient && guarded.length > 0 && this.#isPossible(calls, first)) {
        throw new RpcError(
          status.FAILED_PRECONDITION,
          'requires endorsement from organisation(s) that are not in the distribution policy of the private data ' +
            `collection(s): [${guarded.join(' ')}]; retry specifying trusted endorsing organizations to protect transient data`,
        );
      }
      throw new RpcError(status.FAILED_PRECONDITION, (error as Error).message);
    }
  }

  #isPossible(calls: readonly peer.ChaincodeCall[], first: string): boolean {
    try {
      this.#planner.planFor(calls, first);
      return true;
    } catch {
      return false;
    }
  }

  async #ask(plan: EndorsementPlan, member: string, signed: peer.SignedProposal): Promise<boolean> {
    const { response, failure } = judgeAnswer(await this.#process(member, signed));
    if (response) return plan.accept(member, response, (message) => this.#detail(member, message));
    plan.errors.push(this.#detail(member, failure.message));
    return false;
  }

  /** A peer elsewhere is called over gRPC on a real network, which keeps only its error. */
  async #process(member: string, signed: peer.SignedProposal): Promise<EndorserAnswer> {
    const found = this.#peers.get(member);
    if (!found) return { error: new Error(`no peer of ${member}`) };
    const answer = await found.endorser.processProposal(signed);
    if (member === this.#mspId || !answer.error) return answer;
    return { error: new Error(`rpc error: code = Unknown desc = ${answer.error.message}`) };
  }

  #detail(mspId: string, message: string): ErrorDetail {
    return { address: this.#peers.get(mspId)?.address ?? '', mspId, message };
  }

  #unpack(signed: peer.SignedProposal, prefix = ''): UnpackedProposal {
    return attempt(status.INVALID_ARGUMENT, () => this.#checker.unpack(signed), prefix);
  }
}

function signedDataOf({ creator, proposalBytes, signature }: UnpackedProposal): SignedData {
  return { identity: creator, message: proposalBytes, signature };
}

function newCall(chaincode: string): peer.ChaincodeCall {
  const call = new peer.ChaincodeCall();
  call.setName(chaincode);
  return call;
}

function withPrivateReads(call: peer.ChaincodeCall): peer.ChaincodeCall {
  if (!call.getNoPrivateReads()) return call;
  const copy = call.clone();
  copy.setNoPrivateReads(false);
  return copy;
}

/** The contract's result: it stands in the endorsed payload. */
function resultOf(answer: peer.ProposalResponse): peer.Response {
  const response = answer.getResponse() ?? new peer.Response();
  const payload = peer.ProposalResponsePayload.deserializeBinary(answer.getPayload_asU8());
  const action = peer.ChaincodeAction.deserializeBinary(payload.getExtension_asU8());
  response.setPayload(action.getResponse()?.getPayload_asU8() ?? new Uint8Array(0));
  return response;
}

function attempt<T>(code: status, work: () => T, prefix = ''): T {
  try {
    return work();
  } catch (error) {
    throw new RpcError(code, prefix + (error as Error).message);
  }
}
