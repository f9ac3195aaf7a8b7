import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import type { Gateway } from '@hyperledger/fabric-gateway';
import { gateway as messages, peer } from '@hyperledger/fabric-protos';
import { signLowS } from '../../../network/protocol/low-s';
import type { ProbeNetwork } from './probe-network';
import { credentials, peerCredentials, proposalBytes, withEndorsers, type Credentials } from './tampering';

/**
 * Who endorsed, and what becomes of the transaction: the policy is a majority of three members' peers, and a client's
 * certificate is none.
 */
export function itJudgesEndorsers(probe: ProbeNetwork): void {
  let alpha: Gateway;
  let own: Credentials;
  before(() => {
    alpha = probe.connect('AlphaMSP').gateway;
    own = credentials(probe, 'AlphaMSP');
  });

  async function endorsed(): Promise<Uint8Array> {
    const contract = alpha.getNetwork('probe').getContract('probe');
    const key = `k${randomBytes(6).toString('hex')}`;
    const bytes = contract.newProposal('Probe:put', { arguments: [key, 'v'] }).getBytes();
    const transaction = await alpha.newSignedProposal(bytes, signLowS(own.key, proposalBytes(bytes))).endorse();
    return transaction.getBytes();
  }

  async function order(prepared: Uint8Array): Promise<string> {
    const envelope = messages.PreparedTransaction.deserializeBinary(prepared).getEnvelope()!;
    const transaction = alpha.newSignedTransaction(prepared, signLowS(own.key, envelope.getPayload_asU8()));
    const { code } = await (await transaction.submit()).getStatus();
    return Object.entries(peer.TxValidationCode).find(([, value]) => (value as number) === code)![0];
  }

  /** Who endorsed, and what becomes of the transaction: the policy is a majority of three members' peers. */
  const ENDORSERS: readonly (readonly [what: string, endorsers: () => Credentials[], code: string])[] = [
    ["two members' peers", () => [peerCredentials(probe, 'AlphaMSP'), peerCredentials(probe, 'BetaMSP')], 'VALID'],
    ["one member's peer", () => [peerCredentials(probe, 'AlphaMSP')], 'ENDORSEMENT_POLICY_FAILURE'],
    [
      'one peer twice',
      () => [peerCredentials(probe, 'AlphaMSP'), peerCredentials(probe, 'AlphaMSP')],
      'ENDORSEMENT_POLICY_FAILURE',
    ],
    ['nobody', () => [], 'ENDORSEMENT_POLICY_FAILURE'],
    [
      'two clients',
      () => [credentials(probe, 'AlphaMSP'), credentials(probe, 'BetaMSP')],
      'ENDORSEMENT_POLICY_FAILURE',
    ],
    [
      'two administrators',
      () => [credentials(probe, 'AlphaMSP', 'Admin'), credentials(probe, 'BetaMSP', 'Admin')],
      'ENDORSEMENT_POLICY_FAILURE',
    ],
    [
      'a peer and a client',
      () => [peerCredentials(probe, 'AlphaMSP'), credentials(probe, 'BetaMSP')],
      'ENDORSEMENT_POLICY_FAILURE',
    ],
    [
      "a peer's certificate with another's key",
      () => [peerCredentials(probe, 'AlphaMSP'), { ...peerCredentials(probe, 'BetaMSP'), key: own.key }],
      'ENDORSEMENT_POLICY_FAILURE',
    ],
  ];
  for (const [what, endorsers, code] of ENDORSERS) {
    it(`judges a transaction endorsed by ${what} ${code}`, async () => {
      expect(await order(withEndorsers(await endorsed(), endorsers(), own))).to.equal(code);
    });
  }
}
