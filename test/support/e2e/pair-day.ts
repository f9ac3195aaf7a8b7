import type { MemberClient, WriteAnswer } from '../../../scripts/demo/member-client';
import { NEXT_DATE, OPEN_DATE } from '../../../scripts/demo/stage';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';

/** What a bulk file came to. */
export interface PostedFile {
  readonly complete: boolean;
  readonly accepted: number;
  readonly segments: readonly { readonly blockNumber?: string }[];
}

/** One pair's way through a date: who owes, who is owed, and what became of it so far. */
export class PairDay {
  readonly name: string;
  day = '';
  lane = '';
  statement = '';

  constructor(
    readonly debtor: MemberClient,
    readonly creditor: MemberClient,
    readonly entries: number,
  ) {
    this.name = `${debtor.member}-${creditor.member}`;
  }

  get members(): readonly [MemberClient, MemberClient] {
    return [this.debtor, this.creditor];
  }

  /** The pair's date, its agreement and, once the other member agrees, its lane. */
  async open(): Promise<void> {
    const { debtor, creditor, name } = this;
    await debtor.post('/v1/business-days', 'approver', `${name}-day`, { with: creditor.member, date: OPEN_DATE });
    const { items } = await debtor.get<{ items: readonly { id: string; members: readonly string[] }[] }>(
      '/v1/business-days',
    );
    this.day = items.find(({ members }) => members.includes(creditor.member))!.id;
    const offered = await debtor.post('/v1/standing-agreements', 'administrator', `${name}-offer`, {
      receiver: creditor.member,
      debtor: debtor.member,
      currency: 'USD',
      types: ['principal', 'fee'],
      entryLimitMinor: '100000000',
      dayLimitMinor: '100000000000',
      businessDay: this.day,
    });
    const path = `/v1/standing-agreements/${offered.record?.id ?? ''}/agreement`;
    const agreed = await creditor.post(path, 'administrator', `${name}-agree`);
    this.lane = agreed.record?.id ?? '';
  }

  /** The entries the debtor's own system would export; ids begin with the pair's name. */
  file(count = this.entries): string {
    return bulkFile(count, `${this.name.slice(0, 4)}-`);
  }

  async post(file: string, key = `${this.name}-post`): Promise<PostedFile> {
    const path = `/v1/lanes/${this.lane}/entries`;
    const bytes = Buffer.from(file);
    const posted = await this.debtor.upload<PostedFile>(path, 'maker', key, bytes, 'application/x-ndjson');
    this.debtor.note(Math.max(0, ...posted.segments.map(({ blockNumber }) => Number(blockNumber ?? 0))));
    return posted;
  }

  /** Both members move the date on, and one closes the one before. */
  async close(): Promise<WriteAnswer> {
    const { debtor, creditor, day, name } = this;
    const next = { date: NEXT_DATE };
    await debtor.post(`/v1/business-days/${day}/proposal`, 'approver', `${name}-propose`, next);
    await creditor.post(`/v1/business-days/${day}/advance`, 'approver', `${name}-advance`, next);
    const close = { businessDay: day, currency: 'USD', date: OPEN_DATE };
    const closed = await creditor.post('/v1/statements', 'approver', `${name}-close`, close);
    this.statement = closed.record?.id ?? '';
    return closed;
  }

  /** Both members sign, at the same time: whoever comes second signs on top of the first. */
  async sign(round = ''): Promise<readonly WriteAnswer[]> {
    const path = `/v1/statements/${this.statement}/signature`;
    return Promise.all(
      this.members.map((member) => member.post(path, 'approver', `${this.name}-sign${round}-${member.member}`)),
    );
  }

  disclosure(): Promise<object> {
    return this.debtor.get<object>(`/v1/statements/${this.statement}/disclosure`, 'approver');
  }
}
