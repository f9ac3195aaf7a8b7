import { common, msp } from '@hyperledger/fabric-protos';

/** Key-level endorsement policy: the peers of all these members. @see fabric common/policydsl, SignedByNOutOfGivenRole */
export function allPeersOf(mspIds: readonly string[]): Uint8Array {
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setIdentitiesList(
    mspIds.map((mspId) => {
      const role = new msp.MSPRole();
      role.setMspIdentifier(mspId);
      role.setRole(msp.MSPRole.MSPRoleType.PEER);
      const principal = new msp.MSPPrincipal();
      principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
      principal.setPrincipal(role.serializeBinary());
      return principal;
    }),
  );
  const all = new common.SignaturePolicy.NOutOf();
  all.setN(mspIds.length);
  all.setRulesList(
    mspIds.map((_, index) => {
      const rule = new common.SignaturePolicy();
      rule.setSignedBy(index);
      return rule;
    }),
  );
  const root = new common.SignaturePolicy();
  root.setNOutOf(all);
  envelope.setRule(root);
  return envelope.serializeBinary();
}
