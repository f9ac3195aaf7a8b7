import { expect } from 'chai';
import { Signature } from 'ethers';
import { Rejection } from '../../../chaincode/domain/errors';
import { contentHash, materialise } from '../../../chaincode/domain/materialise';
import type { OperationRequest } from '../../../chaincode/domain/operation';
import type { PartySignature } from '../../../chaincode/domain/typed-data';
import { agreeOrder, openDay, Story } from '../../support/chaincode/story';
import { signAct, WALLETS, type Act, type World } from '../../support/chaincode/world';

const CURVE = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The same point with S in the other half: good mathematics, another spelling. */
function highS({ signature, ...rest }: PartySignature): PartySignature {
  const { r, s, v } = Signature.from(signature);
  const other = (CURVE - BigInt(s)).toString(16).padStart(64, '0');
  return { ...rest, signature: `${r}${other}${(v === 27 ? 28 : 27).toString(16)}` };
}

describe('signatures of parties', () => {
  let world: World;
  let order: string;
  let good: PartySignature;
  let act: Act;

  before(async () => {
    const story = new Story();
    await openDay(story);
    await agreeOrder(story);
    const proposed = story.chapters.find(({ title }) => title === 'buyer qualified')!;
    world = proposed.world;
    order = proposed.ids['order']!;
    act = {
      as: 'PlatformMSP',
      operation: 'confirmPurchaseOrder',
      input: { order },
      records: [order],
      seed: '6'.repeat(64),
    };
    good = await signature({});
  });

  /** The buyer's signature over the confirmation, altered where a test says so. */
  async function signature(
    change: {
      readonly message?: Record<string, unknown>;
      readonly wallet?: string;
      readonly genesis?: string;
      readonly deadline?: number;
    },
    on = world,
  ): Promise<PartySignature> {
    const terms = { nonce: '7', deadline: change.deadline ?? 20_261_231 };
    const message = { ...(await expectedMessage(on, terms)), ...change.message };
    return signAct(WALLETS[change.wallet ?? 'buyer']!, message, terms, change.genesis);
  }

  /** What the contract will expect, by its own rules. */
  async function expectedMessage(
    on: World,
    terms: { nonce: string; deadline: number },
  ): Promise<Record<string, unknown>> {
    const { document } = on.supplied(order);
    const groups = on.groups(order);
    const progress = { ...groups['progress'], confirmedOn: '2026-11-10' };
    const { commitment } = on.publicValue(`r/${order}`) as { commitment: string };
    const record = { document, commitment, groups };
    const change = { kind: 'update' as const, record, status: 'confirmed', groups: { ...groups, progress } };
    const context = { channel: 'trade', chaincode: 'records', newId: () => '' } as never;
    const content = contentHash(materialise(change, context, act.seed!, 0).document);
    const base = { channel: 'trade', record: order, version: document.version, previous: `0x${commitment}` };
    return { ...base, action: 'confirmPurchaseOrder', content: `0x${content}`, ...terms };
  }

  async function codeOf(given: Partial<Act>, on = world): Promise<string> {
    try {
      await on.judge({ ...act, ...given });
      return 'accepted';
    } catch (error) {
      if (error instanceof Rejection) return error.code;
      throw error;
    }
  }

  it('accepts the buyer, whose turn it is', async () => {
    expect(await codeOf({ signatures: [good] })).to.equal('accepted');
  });

  /** Signatures that must not count, and how each is told. */
  const REFUSED: readonly (readonly [
    what: string,
    make: () => Promise<PartySignature[]> | PartySignature[],
    code: string,
  ])[] = [
    ['none', () => [], 'SIGNATURE_MISSING'],
    ['the other party, who signed already', async () => [await signature({ wallet: 'seller' })], 'SIGNATURE_MISSING'],
    ['a key bound to nobody', async () => [await signature({ wallet: 'stranger' })], 'KEY_NOT_BOUND'],
    [
      'other content',
      async () => [await signature({ message: { content: `0x${'1'.repeat(64)}` } })],
      'SIGNATURE_INVALID',
    ],
    ['another record', async () => [await signature({ message: { record: '2'.repeat(32) } })], 'SIGNATURE_INVALID'],
    ['another version', async () => [await signature({ message: { version: 1 } })], 'SIGNATURE_INVALID'],
    [
      'another predecessor',
      async () => [await signature({ message: { previous: `0x${'3'.repeat(64)}` } })],
      'SIGNATURE_INVALID',
    ],
    [
      'another action',
      async () => [await signature({ message: { action: 'cancelPurchaseOrder' } })],
      'SIGNATURE_INVALID',
    ],
    ['another channel', async () => [await signature({ message: { channel: 'other' } })], 'SIGNATURE_INVALID'],
    ['another network', async () => [await signature({ genesis: '8'.repeat(64) })], 'SIGNATURE_INVALID'],
    ['another nonce than stated', () => [{ ...good, nonce: '8' }], 'SIGNATURE_INVALID'],
    ['a later deadline than signed', () => [{ ...good, deadline: 20_291_231 }], 'SIGNATURE_INVALID'],
    ["another's address", () => [{ ...good, address: WALLETS['seller']!.address }], 'SIGNATURE_INVALID'],
    ['high S', () => [highS(good)], 'SIGNATURE_INVALID'],
    [
      'a deadline that has passed',
      async () => [await signature({ deadline: 20_261_109 })],
      'SIGNATURE_DEADLINE_PASSED',
    ],
  ];
  for (const [what, make, code] of REFUSED) {
    it(`refuses ${what}: ${code}`, async () => {
      expect(await codeOf({ signatures: await make() })).to.equal(code);
    });
  }

  it('accepts a deadline on its very day', async () => {
    expect(await codeOf({ signatures: [await signature({ deadline: 20_261_110 })] })).to.equal('accepted');
  });

  const BINDINGS = [
    ['only proposed', { status: 'proposed' as const }],
    ['revoked', { status: 'revoked' as const }],
    ['not valid yet', { validFrom: '2026-11-11' }],
    ['not valid any more', { validTo: '2026-11-09' }],
  ] as const;
  for (const [what, change] of BINDINGS) {
    it(`refuses a key whose binding is ${what}`, async () => {
      const other = world.clone();
      other.bind('buyer', 'BuyerBankMSP', WALLETS['buyer']!.address, change);
      expect(await codeOf({ signatures: [good] }, other)).to.equal('KEY_NOT_BOUND');
    });
  }

  it('refuses a signature that was used before', async () => {
    const other = world.clone();
    await other.run({ ...act, signatures: [good] });
    expect(await codeOf({ signatures: [good] }, other)).to.equal('STATUS_FORBIDS');
    const cancel = { operation: 'cancelPurchaseOrder', signatures: [good], seed: '9'.repeat(64) };
    expect(await codeOf(cancel, other)).to.equal('SIGNATURE_INVALID');
  });

  /** Bodies that are not the ledger's, and how each is told. */
  const BODIES: readonly (readonly [
    what: string,
    tamper: (request: OperationRequest) => OperationRequest,
    code: string,
  ])[] = [
    ['a body that is not current', (r) => withDocument(r, { status: 'drafted' }), 'RECORD_STALE'],
    ['a version made up', (r) => withDocument(r, { version: 99 }), 'RECORD_STALE'],
    ['another record', (r) => withDocument(r, { id: '5'.repeat(32) }), 'RECORD_NOT_FOUND'],
    ['no body', (r) => ({ ...r, records: [] }), 'RECORD_NOT_SUPPLIED'],
    ['a group left out', (r) => withGroups(r, ({ price: _price, ...rest }) => rest), 'RECORD_NOT_SUPPLIED'],
    [
      'another value',
      (r) => withGroups(r, (groups) => ({ ...groups, price: edited(groups['price']!, 'value', 'x') })),
      'GROUP_NOT_COMMITTED',
    ],
    [
      'another salt',
      (r) => withGroups(r, (groups) => ({ ...groups, price: edited(groups['price']!, 'salt', '0'.repeat(32)) })),
      'GROUP_NOT_COMMITTED',
    ],
    [
      'a group that is not committed',
      (r) => withGroups(r, (groups) => ({ ...groups, extra: groups['price']! })),
      'GROUP_NOT_COMMITTED',
    ],
  ];
  type Supplied = OperationRequest['records'][number];
  const withDocument = (request: OperationRequest, change: object): OperationRequest => ({
    ...request,
    records: request.records.map((one) => ({ ...one, document: { ...one.document, ...change } })),
  });
  const withGroups = (
    request: OperationRequest,
    change: (groups: Supplied['groups']) => Supplied['groups'],
  ): OperationRequest => ({
    ...request,
    records: request.records.map((one) => ({ ...one, groups: change(one.groups) })),
  });
  const edited = (fields: Supplied['groups'][string], name: string, value: string): Supplied['groups'][string] =>
    fields.map((field, at) => (at === 0 ? { ...field, [name]: value } : field));

  for (const [what, tamper, code] of BODIES) {
    it(`refuses ${what}: ${code}`, async () => {
      expect(await codeOf({ signatures: [good], tamper })).to.equal(code);
    });
  }

  it('refuses a seed that was used for the version before', async () => {
    const other = world.clone();
    const again = { as: 'BuyerBankMSP', operation: 'qualifyBuyer', signatures: [] };
    await other.run({ ...act, ...again, seed: 'a'.repeat(64) });
    expect(await codeOf({ ...again, seed: 'a'.repeat(64) }, other)).to.equal('SALT_REUSED');
    expect(await codeOf({ ...again, seed: 'b'.repeat(64) }, other)).to.equal('accepted');
  });
});
