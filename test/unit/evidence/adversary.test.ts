import { expect } from 'chai';
import { common, peer } from '@hyperledger/fabric-protos';
import { computeTransactionId } from '../../../network/protocol/transaction';
import { VALIDATION_CODES } from '../../../network/protocol/validation-code';
import type { Signer } from '../../../network/protocol/signer';
import { ConfigCache } from '../../../evidence/config-cache';
import { verifyEvidence } from '../../../evidence/verify-evidence';
import {
  changeEndorsements,
  changeEnvelope,
  changeVersion,
  ordererOf,
  putBlock,
  setCode,
  signEnvelope,
  signerOf,
  tampered,
  writerOf,
  type Draft,
} from '../../support/evidence/adversary';
import { evidenceFixture, type EvidenceFixture } from '../../support/evidence/fixture';
import { parseBlock } from '../../../network/protocol/block';

interface Attack {
  readonly name: string;
  readonly change: (draft: Draft, fixture: EvidenceFixture) => void;
  /** Step and code with hashes recomputed; and where the ordering service itself helps. */
  readonly rejected: string;
  readonly withOrderer?: string;
}

const swapEndorser =
  (who: 'peer' | 'client', mspId: string) =>
  (draft: Draft, fixture: EvidenceFixture): void => {
    const signer = signerOf(fixture, mspId, who);
    changeEnvelope(draft, writerOf(draft, fixture.orderId, 2), (envelope) =>
      signEnvelope(
        changeEndorsements(envelope, (endorsements, payload) =>
          endorsements.map((one) => {
            if (!Buffer.from(one.getEndorser_asU8()).includes('SellerBankMSP')) return one;
            const other = new peer.Endorsement();
            other.setEndorser(signer.serializedIdentity);
            other.setSignature(signer.sign(Buffer.concat([payload, signer.serializedIdentity])));
            return other;
          }),
        ),
        signerOf(fixture, 'PlatformMSP', 'client'),
      ),
    );
  };

function withCreator(envelope: Uint8Array, signer: Signer): Uint8Array {
  const parsed = common.Envelope.deserializeBinary(envelope);
  const payload = common.Payload.deserializeBinary(parsed.getPayload_asU8());
  const header = payload.getHeader()!;
  const signature = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
  const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  signature.setCreator(signer.serializedIdentity);
  channel.setTxId(computeTransactionId(signature.getNonce_asU8(), signer.serializedIdentity));
  header.setSignatureHeader(signature.serializeBinary());
  header.setChannelHeader(channel.serializeBinary());
  parsed.setPayload(payload.serializeBinary());
  return signEnvelope(parsed.serializeBinary(), signer);
}

const ATTACKS: readonly Attack[] = [
  {
    name: "calls a version's transaction invalid",
    change: (draft, { orderId }) => setCode(draft, writerOf(draft, orderId, 3), VALIDATION_CODES.MVCC_READ_CONFLICT),
    rejected: 'codes CODE_CONTRADICTS_RECEIPT',
  },
  {
    name: 'calls a transaction valid that came too late',
    change: (draft, { staleBlock, staleBytes }) => {
      putBlock(draft, staleBlock, parseBlock(staleBytes));
      setCode(draft, { block: staleBlock, position: 0 }, VALIDATION_CODES.VALID);
    },
    rejected: 'codes CODE_CONTRADICTS_RECEIPT',
  },
  {
    name: 'calls the transaction invalid that bound the key',
    change: (draft, fixture) => setCode(draft, fixture.bindingPlace, VALIDATION_CODES.ENDORSEMENT_POLICY_FAILURE),
    rejected: 'codes CODE_CONTRADICTS_READ',
  },
  {
    name: 'drops an operation in the middle',
    change: (draft, { orderId }) => dropVersion(draft, orderId, 3),
    rejected: 'sequence VERSION_MISSING',
  },
  {
    name: 'drops the last operation',
    change: (draft, { orderId }) => dropVersion(draft, orderId, 5),
    rejected: 'sequence VERSION_MISSING',
  },
  {
    name: 'swaps two operations',
    change: (draft, { orderId }) => swapVersions(draft, orderId),
    rejected: 'sequence LINK_BROKEN',
  },
  {
    name: "swaps two versions' documents",
    change: (draft, { orderId }) => {
      const { versions } = draft.records.find(({ id }) => id === orderId)!;
      changeVersion(draft, orderId, 2, (version) => ({ ...versions[2]!, transactionId: version.transactionId }));
      changeVersion(draft, orderId, 3, (version) => ({ ...versions[1]!, transactionId: version.transactionId }));
    },
    rejected: 'sequence LINK_BROKEN',
  },
  {
    name: 'drops a whole record of the case',
    change: (draft, { shipmentId }) => dropRecord(draft, shipmentId),
    rejected: 'case RECORD_MISSING',
  },
  {
    name: 'drops the first notice',
    change: (draft) => dropRecord(draft, noticeId(draft, 1)),
    rejected: 'case NOTICES_INCOMPLETE',
  },
  {
    name: 'drops the last notice before the filing',
    change: (draft) => dropRecord(draft, noticeId(draft, 2)),
    rejected: 'case NOTICES_INCOMPLETE',
  },
  {
    name: 'drops a receipt',
    change: (draft, { orderId }) => {
      draft.receipts = draft.receipts.filter(({ record }) => record !== orderId);
    },
    rejected: 'receipts RECEIPT_MISSING',
  },
  {
    name: "shows another record's receipt",
    change: (draft, { orderId, shipmentId }) => {
      const other = draft.receipts.find(({ record }) => record === shipmentId)!;
      draft.receipts = draft.receipts.map((one) => (one.record === orderId ? { ...other, record: orderId } : one));
    },
    rejected: 'receipts RECEIPT_QUESTION_WRONG',
  },
  {
    name: 'shows a receipt endorsed by one member alone, signed again',
    change: (draft, fixture) => {
      draft.receipts = draft.receipts.map(({ record, envelope }) => ({
        record,
        envelope: signEnvelope(
          changeEndorsements(envelope, ([first]) => [first!]),
          signerOf(fixture, 'ArbitrationMSP', 'client'),
        ),
      }));
    },
    rejected: 'receipts RECEIPT_NOT_ENDORSED',
  },
  {
    name: 'puts a block of another network with the same names in its place',
    change: (draft, { orderId, otherNetwork }) => {
      const { block } = writerOf(draft, orderId, 3);
      putBlock(draft, block, parseBlock(otherNetwork.blocks.at(-1)!));
    },
    rejected: 'orderer BLOCK_NOT_SIGNED',
    withOrderer: 'transactions TRANSACTION_MISSING',
  },
  {
    name: "puts another network's transactions into a block",
    change: (draft, { orderId, otherNetwork }) => {
      const place = writerOf(draft, orderId, 3);
      const foreign = otherNetwork.envelopes.at(-1)!;
      changeEnvelope(draft, place, () => foreign.bytes);
      changeVersion(draft, orderId, 3, (version) => ({ ...version, transactionId: foreign.transactionId }));
    },
    rejected: 'orderer BLOCK_NOT_SIGNED',
    withOrderer: 'transactions CREATOR_INVALID',
  },
  {
    name: "puts another member's peer in an endorser's place",
    change: swapEndorser('peer', 'LogisticsMSP'),
    rejected: 'orderer BLOCK_NOT_SIGNED',
    withOrderer: 'transactions ENDORSEMENT_MISSING',
  },
  {
    name: "has a member's client endorse for its peer",
    change: swapEndorser('client', 'SellerBankMSP'),
    rejected: 'orderer BLOCK_NOT_SIGNED',
    withOrderer: 'transactions ENDORSEMENT_MISSING',
  },
  {
    name: "puts another member's client in the creator's place",
    change: (draft, fixture) => {
      const place = writerOf(draft, fixture.orderId, 3);
      changeEnvelope(draft, place, (envelope) => withCreator(envelope, signerOf(fixture, 'LogisticsMSP', 'client')));
      const block = parseBlock(draft.blocks.find(({ number }) => number === place.block)!.bytes);
      const payload = common.Payload.deserializeBinary(
        common.Envelope.deserializeBinary(block.getData()!.getDataList_asU8()[place.position]!).getPayload_asU8(),
      );
      const header = common.ChannelHeader.deserializeBinary(payload.getHeader()!.getChannelHeader_asU8());
      changeVersion(draft, fixture.orderId, 3, (version) => ({ ...version, transactionId: header.getTxId() }));
    },
    rejected: 'orderer BLOCK_NOT_SIGNED',
    withOrderer: 'transactions PROPOSAL_DIFFERS',
  },
  {
    name: "has a member's peer submit",
    change: (draft, fixture) =>
      changeEnvelope(draft, writerOf(draft, fixture.orderId, 3), (envelope) =>
        signEnvelope(envelope, signerOf(fixture, 'BuyerBankMSP', 'peer')),
      ),
    rejected: 'orderer BLOCK_NOT_SIGNED',
    withOrderer: 'transactions CREATOR_INVALID',
  },
  {
    name: 'shows a body with another salt',
    change: (draft, { orderId }) =>
      changeVersion(draft, orderId, 5, (version) => ({
        ...version,
        groups: {
          ...version.groups,
          price: version.groups['price']!.map((field) => ({ ...field, salt: field.salt.replace(/^./, flip) })),
        },
      })),
    rejected: 'groups GROUP_NOT_COMMITTED',
  },
  {
    name: 'shows a document with another salt',
    change: (draft, { orderId }) =>
      changeVersion(draft, orderId, 5, (version) => ({
        ...version,
        document: { ...version.document, salt: version.document.salt.replace(/^./, flip) },
      })),
    rejected: 'sequence COMMITMENT_DIFFERS',
  },
  {
    name: 'shows another original under the same digest',
    change: (draft) => {
      draft.originals = draft.originals.map((original) => ({ ...original, bytes: Buffer.from('another') }));
    },
    rejected: 'originals ORIGINAL_DIFFERS',
  },
  {
    name: 'adds an original that no record names',
    change: (draft) => {
      const [original] = draft.originals;
      const sha256 = '2c'.repeat(32);
      draft.originals = [...draft.originals, { ...original!, sha256, bytes: Buffer.from('x') }];
    },
    rejected: 'originals ORIGINAL_DIFFERS',
  },
  {
    name: 'leaves out the transaction that bound the key',
    change: (draft, { bindingPlace }) => {
      draft.blocks = draft.blocks.filter(({ number }) => number !== bindingPlace.block);
    },
    rejected: 'signatures BINDING_NOT_PROVEN',
  },
  {
    name: 'names another channel',
    change: (draft) => {
      draft.channel = 'other';
    },
    rejected: 'genesis CHANNEL_DIFFERS',
  },
];

function flip(character: string): string {
  return character === '0' ? '1' : '0';
}

function dropVersion(draft: Draft, record: string, version: number): void {
  draft.records = draft.records.map((one) =>
    one.id === record ? { ...one, versions: one.versions.filter((_, at) => at !== version - 1) } : one,
  );
}

function swapVersions(draft: Draft, record: string): void {
  draft.records = draft.records.map((one) => {
    const [first, second, third, ...rest] = one.versions;
    return one.id === record ? { ...one, versions: [first!, third!, second!, ...rest] } : one;
  });
}

function dropRecord(draft: Draft, record: string): void {
  draft.records = draft.records.filter(({ id }) => id !== record);
  draft.receipts = draft.receipts.filter((receipt) => receipt.record !== record);
}

function noticeId(draft: Draft, sequence: number): string {
  return draft.records.find(({ versions }) =>
    versions[0]!.groups['notice']?.some(({ name, value }) => name === 'sequence' && value === sequence),
  )!.id;
}

describe('an adversary who recomputes every unsigned hash', () => {
  let fixture: EvidenceFixture;
  const cache = new ConfigCache();
  before(async function () {
    this.timeout(120_000);
    fixture = await evidenceFixture();
  });

  const outcome = (bytes: Uint8Array): string => {
    const { verdict, checks } = verifyEvidence(bytes, fixture.trust, cache);
    const last = checks.at(-1)!;
    return verdict === 'rejected' ? `${last.step} ${last.code}` : verdict;
  };

  it('changes nothing by recomputing alone', () => {
    expect(outcome(tampered(fixture.bytes, () => undefined))).to.equal('verified');
  });

  for (const { name, change, rejected, withOrderer } of ATTACKS) {
    it(`${name}: ${rejected}`, () => {
      expect(outcome(tampered(fixture.bytes, (draft) => change(draft, fixture)))).to.equal(rejected);
    });
    if (withOrderer === undefined) continue;
    it(`${name}, with the ordering node's key: ${withOrderer}`, () => {
      const bytes = tampered(fixture.bytes, (draft) => change(draft, fixture), ordererOf(fixture));
      expect(outcome(bytes)).to.equal(withOrderer);
    });
  }

  it('hands in the whole package of another network with the same names: genesis GENESIS_DIFFERS', () => {
    expect(outcome(fixture.otherNetwork.package)).to.equal('genesis GENESIS_DIFFERS');
  });
});
