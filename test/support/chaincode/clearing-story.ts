import { sign } from 'node:crypto';
import type { Json } from '../../../chaincode/domain/json';
import { discloseStatement } from '../../../chaincode/domain/operations/clearing/statement-disclosure';
import { clearingClaimBytes } from '../../../chaincode/domain/operations/clearing/settle';
import type { Clearing } from '../../../chaincode/domain/operations/clearing/types';
import { statementClaimBytes } from '../../../chaincode/domain/operations/reconciliation/sign-statement';
import { as } from '../../../chaincode/domain/trade-types';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import { entry, Story } from './story';
import type { Act } from './world';

/** Three banks, and what each pair's first lane says: the debtor owes the creditor so much on the date. */
export const BANKS = ['BuyerBankMSP', 'ReserveBankMSP', 'SellerBankMSP'] as const;
export const DATE = '2026-11-10',
  NEXT = '2026-11-11';
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export interface Owed {
  readonly debtor: string;
  readonly creditor: string;
  readonly amountMinor: string;
}

interface Identity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** A story of business days, lanes and statements between three banks, up to a clearing of them. */
export class ClearingStory extends Story {
  readonly #identities = new Map<string, Identity>();

  static async open(): Promise<ClearingStory> {
    const story = new ClearingStory();
    const authority = await CertificateAuthority.create('banks.test', 'ca');
    for (const bank of BANKS) story.#identities.set(bank, await authority.issueIdentity(bank, 'client', 'Gateway'));
    return story;
  }

  id(name: string): string {
    return this.ids[name]!;
  }

  /** Opens a pair's business date, posts one entry and moves on to the next date; names are `day:`, `lane:`, `segment:`. */
  async owe({ debtor, creditor, amountMinor }: Owed, currency = 'USD'): Promise<void> {
    const [pair, key] = [[debtor, creditor].sort(), this.#key(debtor, creditor)];
    const open = { with: creditor, date: DATE };
    const { writes } = await this.world.judge({ as: debtor, operation: 'openBusinessDay', input: open });
    this.ids = { ...this.ids, [`day:${key}`]: writes[0]!.key.slice(2) };
    await this.act('opened', { as: debtor, operation: 'openBusinessDay', input: open });
    const businessDay = this.id(`day:${key}`);
    const agreement = {
      receiver: creditor,
      debtor,
      currency,
      types: ['fee'],
      entryLimitMinor: '1000000000000',
      dayLimitMinor: '1000000000000',
      businessDay,
    };
    await this.act('proposed', { as: debtor, operation: 'proposeAgreement', input: agreement }, [`agreement:${key}`]);
    const agree = { as: creditor, operation: 'agreeAgreement', input: { agreement: this.id(`agreement:${key}`) } };
    await this.act('agreed', { ...agree, records: [this.id(`agreement:${key}`)] }, [null, `lane:${key}`]);
    const entries = [{ ...entry(1, amountMinor), currency }];
    const segments = [{ count: 1, amountMinor, entries }];
    const post = { lane: this.id(`lane:${key}`), date: DATE, seed: '4'.repeat(64), segments };
    const records = [this.id(`lane:${key}`), this.id(`agreement:${key}`)];
    await this.act('posted', { as: debtor, operation: 'postSegments', input: post, records }, [null, `segment:${key}`]);
    const move = { businessDay, members: pair, date: NEXT };
    await this.act('date proposed', { as: debtor, operation: 'proposeDate', input: move });
    await this.act('date advanced', { as: creditor, operation: 'advanceDate', input: move });
  }

  /** Closes a pair's date and has both members sign; the statement's name is `statement:`. */
  async countersign(debtor: string, creditor: string, signers = [debtor, creditor], currency = 'USD'): Promise<void> {
    const key = this.#key(debtor, creditor);
    const segments = [this.id(`segment:${key}`)];
    const input = {
      businessDay: this.id(`day:${key}`),
      members: [debtor, creditor].sort(),
      currency,
      date: DATE,
      segments,
    };
    const records = [this.id(`lane:${key}`), ...segments];
    await this.act('closed', { as: debtor, operation: 'closeDay', input, records }, [`statement:${key}`]);
    for (const signer of signers) await this.world.run(this.#signing(this.id(`statement:${key}`), signer));
  }

  /** One member signs a pair's statement. */
  async sign(key: string, member: string): Promise<void> {
    await this.world.run(this.#signing(this.id(`statement:${key}`), member));
  }

  #signing(statement: string, member: string): Act {
    const digests = { jsonl: '1'.repeat(64), csv: '2'.repeat(64), camt053: '3'.repeat(64), index: '4'.repeat(64) };
    const files = { digests, blocks: { from: '1', to: '2' } };
    const { root } = this.world.groups(statement)['statement'] as { root: string };
    const claim = { channel: 'trade', statement, root, ...files, member };
    const signature = this.#signed(member, statementClaimBytes(claim));
    const input = { statement, ...files, signature };
    return {
      as: member,
      operation: 'signStatement',
      input,
      records: [statement],
      certificate: this.#certificate(member),
    };
  }

  /** The agreement of all three banks; its name is `clearing agreement`. */
  async agree(pairs: readonly string[], change: { readonly [name: string]: Json } = {}): Promise<void> {
    const members = BANKS.map((member) => ({
      member,
      name: member,
      account: 'GB33BUKB20201555555555',
      bic: 'BUKBGB22',
    }));
    const businessDays = pairs.map((key) => this.id(`day:${key}`));
    const input = { currency: 'USD', legalBasis: 'Netting 2026', agent: null, members, businessDays, ...change };
    await this.act('offered', { as: BANKS[0], operation: 'proposeClearingAgreement', input }, ['clearing agreement']);
    for (const member of BANKS.slice(1)) {
      const join = { agreement: this.id('clearing agreement') };
      await this.world.run({
        as: member,
        operation: 'joinClearingAgreement',
        input: join,
        records: [join.agreement],
      });
    }
  }

  /** What a pair hands over about its statement. */
  disclosure(key: string): Json {
    const { document, groups } = this.world.supplied(this.id(`statement:${key}`));
    return discloseStatement(document, groups) as unknown as Json;
  }

  computing(statements: readonly Json[], change: { readonly [name: string]: Json } = {}): Act {
    const agreement = this.id('clearing agreement');
    const input = { agreement, date: DATE, statements: [...statements], ...change };
    return { as: BANKS[1], operation: 'computeClearing', input, records: [agreement] };
  }

  signingClearing(member: string, signer = member): Act {
    const [clearing, agreement] = [this.id('clearing'), this.id('clearing agreement')];
    const claim = clearingClaimBytes('trade', clearing, as<Clearing>(this.world.groups(clearing)), member);
    const input = { clearing, agreement, signature: this.#signed(signer, claim) };
    const records = [clearing, agreement];
    return { as: member, operation: 'signClearing', input, records, certificate: this.#certificate(member) };
  }

  clearing(): Clearing {
    return as<Clearing>(this.world.groups(this.id('clearing')));
  }

  #certificate(member: string): string {
    return this.#identities.get(member)?.certificatePem ?? '';
  }

  #signed(member: string, bytes: Buffer): string {
    const key = this.#identities.get(member)!.privateKeyPem;
    const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }).toString('hex');
    const s = BigInt(`0x${signature.slice(64)}`);
    return s <= P256_ORDER / 2n ? signature : signature.slice(0, 64) + (P256_ORDER - s).toString(16).padStart(64, '0');
  }

  #key(debtor: string, creditor: string): string {
    return [debtor, creditor]
      .sort()
      .map((mspId) => mspId[0])
      .join('');
  }
}
