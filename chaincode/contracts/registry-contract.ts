import { Info, Returns, Transaction, Context } from 'fabric-contract-api';
import type { BusinessDay } from '../domain/business-day';
import { publishedCalendar, type CalendarBook } from '../domain/calendar';
import { canonicalBytes, canonicalJson, parseCanonicalJson } from '../domain/canonical-json';
import { Rejection } from '../domain/errors';
import { isJsonObject, type Json } from '../domain/json';
import { parseMembershipVote, voted, type MembershipProposal } from '../domain/membership';
import type { Skeleton } from '../domain/record';
import type { FinancingClaim, KeyBinding, NetworkDescription } from '../domain/registry';
import {
  attested,
  claimed,
  newKeyBinding,
  parseClaim,
  parseNetwork,
  registered,
  released,
  revoked,
} from '../domain/registry-rules';
import { parseSuccessionVote, votedSuccession, type Succession } from '../domain/succession';
import { RECORDS, type RegistryAnswer } from '../state/load-context';
import { RuleContract, type Access } from './rule-contract';

const NETWORK = 'network';
const MAX_INPUT = 262_144;

/** What the consortium knows in public: network, key bindings, calendars, fingerprints. Endorsed by a majority of members. */
@Info({ title: 'Registry', description: 'Members, key bindings, calendars, fingerprints of financed documents' })
export class RegistryContract extends RuleContract {
  protected readonly access: ReadonlyMap<string, Access> = new Map<string, Access>([
    ['setNetwork', 'write'],
    ['voteMembership', 'write'],
    ['voteSuccession', 'write'],
    ['proposeKeyBinding', 'write'],
    ['attestKeyBinding', 'write'],
    ['revokeKeyBinding', 'write'],
    ['publishCalendar', 'write'],
    ['registerFingerprint', 'write'],
    ['claimFingerprint', 'write'],
    ['cancelClaim', 'write'],
    ['lookup', 'readPublic'],
    ['readNetwork', 'readPublic'],
    ['readBinding', 'readPublic'],
    ['readClaim', 'readPublic'],
    ['readCalendar', 'readPublic'],
  ]);

  constructor() {
    super('Registry');
  }

  /** Describes the network once; every gateway compares it with its own block 0 before it serves. */
  @Transaction()
  @Returns('string')
  async setNetwork(ctx: Context, json: string): Promise<string> {
    const network = parseNetwork(parse(json));
    if (network.channel !== ctx.stub.getChannelID())
      throw new Rejection('REQUEST_INVALID', { field: '/input/channel' });
    if ((await get(ctx, NETWORK)) !== undefined) throw new Rejection('STATUS_FORBIDS', { record: NETWORK });
    return put(ctx, NETWORK, network);
  }

  /** One member's vote that another comes or goes; answers the proposal as it stands. */
  @Transaction()
  @Returns('string')
  async voteMembership(ctx: Context, json: string): Promise<string> {
    const vote = parseMembershipVote(parse(json));
    const key = `m/${vote.member.mspId}`;
    const before = await get<MembershipProposal>(ctx, key);
    const { proposal, network } = voted(vote, before, await networkOf(ctx), ctx.clientIdentity.getMSPID());
    if (proposal.status === 'carried') await put(ctx, NETWORK, network);
    return put(ctx, key, proposal);
  }

  /** One member's vote that another's open records pass on to a successor; answers the succession as it stands. */
  @Transaction()
  @Returns('string')
  async voteSuccession(ctx: Context, json: string): Promise<string> {
    const vote = parseSuccessionVote(parse(json));
    const key = `s/${vote.from}/${vote.to}`;
    const before = await get<Succession>(ctx, key);
    return put(ctx, key, votedSuccession(vote, before, await networkOf(ctx), ctx.clientIdentity.getMSPID()));
  }

  @Transaction()
  @Returns('string')
  async proposeKeyBinding(ctx: Context, json: string): Promise<string> {
    const binding = newKeyBinding(parse(json), await networkOf(ctx), ctx.clientIdentity.getMSPID());
    const before = await get<KeyBinding>(ctx, `k/${binding.address}`);
    // A revoked key stays revoked: whoever had it may still have it.
    if (before !== undefined) throw new Rejection('STATUS_FORBIDS', { record: binding.address });
    return put(ctx, `k/${binding.address}`, binding);
  }

  @Transaction()
  @Returns('string')
  async attestKeyBinding(ctx: Context, address: string): Promise<string> {
    return put(ctx, `k/${address}`, attested(await bindingOf(ctx, address), ctx.clientIdentity.getMSPID()));
  }

  @Transaction()
  @Returns('string')
  async revokeKeyBinding(ctx: Context, address: string): Promise<string> {
    return put(ctx, `k/${address}`, revoked(await bindingOf(ctx, address), ctx.clientIdentity.getMSPID()));
  }

  @Transaction()
  @Returns('string')
  async publishCalendar(ctx: Context, json: string): Promise<string> {
    const member = ctx.clientIdentity.getMSPID();
    return put(ctx, `c/${member}`, publishedCalendar(parse(json), await get<CalendarBook>(ctx, `c/${member}`), member));
  }

  /** Registers a document's fingerprint for a record the submitting member takes part in. */
  @Transaction()
  @Returns('string')
  async registerFingerprint(ctx: Context, fingerprint: string, recordId: string): Promise<string> {
    if (!/^[0-9a-f]{64}$/.test(fingerprint)) throw new Rejection('REQUEST_INVALID', { field: '/fingerprint' });
    const creator = ctx.clientIdentity.getMSPID();
    const skeleton = await askRecords<Skeleton>(ctx, 'Records:readSkeleton', recordId);
    if (!skeleton.participants.includes(creator)) throw new Rejection('CREATOR_NOT_ENTITLED', { creator });
    const before = await get<FinancingClaim>(ctx, `f/${fingerprint}`);
    return put(ctx, `f/${fingerprint}`, registered(fingerprint, recordId, creator, before));
  }

  /** A bank claims a document; the holder's signature comes in the transient `claim` and is not stored. */
  @Transaction()
  @Returns('string')
  async claimFingerprint(ctx: Context, fingerprint: string): Promise<string> {
    const bytes = ctx.stub.getTransient().get('claim');
    if (bytes === undefined || bytes.length > MAX_INPUT) throw new Rejection('REQUEST_INVALID', { field: '/claim' });
    const claim = parseClaim(parseCanonicalJson(bytes));
    if (claim.fingerprint !== fingerprint) throw new Rejection('REQUEST_INVALID', { field: '/claim/fingerprint' });
    const day = await askRecords<BusinessDay>(ctx, 'Records:readBusinessDay', claim.businessDay);
    const creatorMspId = ctx.clientIdentity.getMSPID();
    // A bank's own date with a counterparty: another pair's date could be further behind.
    if (!day.members.includes(creatorMspId))
      throw new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay: claim.businessDay });
    const next = claimed(claim, {
      before: await get<FinancingClaim>(ctx, `f/${fingerprint}`),
      binding: await get<KeyBinding>(ctx, `k/${claim.address}`),
      network: await networkOf(ctx),
      creatorMspId,
      businessDate: day.date,
    });
    return put(ctx, `f/${fingerprint}`, next);
  }

  @Transaction()
  @Returns('string')
  async cancelClaim(ctx: Context, fingerprint: string): Promise<string> {
    const before = await get<FinancingClaim>(ctx, `f/${fingerprint}`);
    if (before === undefined) throw new Rejection('FINGERPRINT_NOT_REGISTERED', { fingerprint });
    return put(ctx, `f/${fingerprint}`, released(before, ctx.clientIdentity.getMSPID()));
  }

  /** Everything one transaction of `records` needs to know of the registry. */
  @Transaction(false)
  @Returns('string')
  async lookup(ctx: Context, json: string): Promise<string> {
    const question = parse(json);
    const list = (name: string): string[] => {
      const value = isJsonObject(question) ? question[name] : undefined;
      return Array.isArray(value)
        ? (value as Json[]).filter((item): item is string => typeof item === 'string').slice(0, 64)
        : [];
    };
    const present = async <T>(keys: string[]): Promise<T[]> =>
      (await Promise.all(keys.map((key) => get<T>(ctx, key)))).filter((value) => value !== undefined) as T[];
    const answer: RegistryAnswer = {
      network: (await get<NetworkDescription>(ctx, NETWORK)) ?? null,
      bindings: await present<KeyBinding>(list('addresses').map((address) => `k/${address}`)),
      claims: await present<FinancingClaim>(list('claims').map((fingerprint) => `f/${fingerprint}`)),
      calendars: await present<CalendarBook>(list('calendars').map((mspId) => `c/${mspId}`)),
      successions: await present<Succession>(list('successions').map((pair) => `s/${pair}`)),
    };
    return canonicalJson(answer as unknown as Json);
  }

  @Transaction(false)
  @Returns('string')
  async readNetwork(ctx: Context): Promise<string> {
    return canonicalJson((await networkOf(ctx)) as unknown as Json);
  }

  @Transaction(false)
  @Returns('string')
  async readBinding(ctx: Context, address: string): Promise<string> {
    return canonicalJson((await bindingOf(ctx, address)) as unknown as Json);
  }

  @Transaction(false)
  @Returns('string')
  async readClaim(ctx: Context, fingerprint: string): Promise<string> {
    const claim = await get<FinancingClaim>(ctx, `f/${fingerprint}`);
    if (claim === undefined) throw new Rejection('FINGERPRINT_NOT_REGISTERED', { fingerprint });
    return canonicalJson(claim as unknown as Json);
  }

  @Transaction(false)
  @Returns('string')
  async readCalendar(ctx: Context, member: string): Promise<string> {
    const calendar = await get<CalendarBook>(ctx, `c/${member}`);
    if (calendar === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: `calendar ${member}` });
    return canonicalJson(calendar as unknown as Json);
  }
}

function parse(json: string): Json {
  if (json.length > MAX_INPUT) throw new Rejection('REQUEST_TOO_LARGE', { field: '', limit: String(MAX_INPUT) });
  return parseCanonicalJson(Buffer.from(json, 'utf8'));
}

async function get<T>(ctx: Context, key: string): Promise<T | undefined> {
  const bytes = await ctx.stub.getState(key);
  return bytes.length === 0 ? undefined : (parseCanonicalJson(bytes) as unknown as T);
}

async function put(ctx: Context, key: string, value: object): Promise<string> {
  const bytes = canonicalBytes(value as unknown as Json);
  await ctx.stub.putState(key, bytes);
  return bytes.toString('utf8');
}

async function networkOf(ctx: Context): Promise<NetworkDescription> {
  const network = await get<NetworkDescription>(ctx, NETWORK);
  if (network === undefined) throw new Rejection('NETWORK_NOT_SET');
  return network;
}

async function bindingOf(ctx: Context, address: string): Promise<KeyBinding> {
  const binding = /^0x[0-9a-fA-F]{40}$/.test(address) ? await get<KeyBinding>(ctx, `k/${address}`) : undefined;
  if (binding === undefined) throw new Rejection('KEY_NOT_BOUND', {});
  return binding;
}

/** Reads a public value of `records`; reads of another chaincode enter this transaction's read set. */
async function askRecords<T>(ctx: Context, fn: string, id: string): Promise<T> {
  const response = await ctx.stub.invokeChaincode(RECORDS, [fn, id], ctx.stub.getChannelID());
  if (response.status !== 200) throw new Rejection('RECORD_NOT_FOUND', {});
  return parseCanonicalJson(response.payload ?? new Uint8Array()) as unknown as T;
}
