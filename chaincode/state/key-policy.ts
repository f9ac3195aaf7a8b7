import { common, msp } from '@hyperledger/fabric-protos';
import type { KeyGuards } from '../domain/succession';

/**
 * Key-level endorsement policy: the peers of all participants, or those of one of the succession's branches.
 *
 * @see fabric common/policydsl, SignedByNOutOfGivenRole
 */
export function keyPolicy({ participants, branches }: KeyGuards): Uint8Array {
  const mspIds = [...participants];
  const indexOf = (mspId: string): number => {
    if (!mspIds.includes(mspId)) mspIds.push(mspId);
    return mspIds.indexOf(mspId);
  };
  const peers = (of: readonly string[]): common.SignaturePolicy[] => of.map((mspId) => signedBy(indexOf(mspId)));
  const ways = branches.map(({ all, extra, among }) => {
    const others = extra === 0 ? [] : [outOf(extra, peers(among))];
    return outOf(all.length + others.length, [...peers(all), ...others]);
  });
  const everyone = outOf(participants.length, peers(participants));
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(ways.length === 0 ? everyone : outOf(1, [everyone, ...ways]));
  envelope.setIdentitiesList(mspIds.map(peerOf));
  return envelope.serializeBinary();
}

function peerOf(mspId: string): msp.MSPPrincipal {
  const role = new msp.MSPRole();
  role.setMspIdentifier(mspId);
  role.setRole(msp.MSPRole.MSPRoleType.PEER);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(role.serializeBinary());
  return principal;
}

function signedBy(index: number): common.SignaturePolicy {
  const rule = new common.SignaturePolicy();
  rule.setSignedBy(index);
  return rule;
}

function outOf(count: number, rules: readonly common.SignaturePolicy[]): common.SignaturePolicy {
  const some = new common.SignaturePolicy.NOutOf();
  some.setN(count);
  some.setRulesList([...rules]);
  const root = new common.SignaturePolicy();
  root.setNOutOf(some);
  return root;
}
