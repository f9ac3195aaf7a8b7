import type { CalendarBook } from '../domain/calendar';
import { canonicalJson, parseCanonicalJson } from '../domain/canonical-json';
import { newContext, type ContextData } from '../domain/context';
import { Rejection } from '../domain/errors';
import type {
  LoadedRecord,
  OperationContext,
  OperationRequest,
  PublicReads,
  SuppliedRecord,
} from '../domain/operation';
import { commitmentOf, openGroups, type Skeleton } from '../domain/record';
import type { FinancingClaim, KeyBinding, NetworkDescription } from '../domain/registry';
import type { Succession } from '../domain/succession';
import { readBusinessDay, readNoticeHead, readSkeleton } from './public-state';
import type { ReadingStub } from './stub';

/** Name both chaincodes are deployed under. */
export const RECORDS = 'records',
  REGISTRY = 'registry';

/** Who submits, as Fabric authenticated it. */
export interface Creator {
  readonly mspId: string;
  readonly certificate: string;
}

/**
 * Reads everything an operation needs and checks the supplied bodies against the ledger.
 *
 * @throws Rejection RECORD_NOT_FOUND, RECORD_STALE, GROUP_NOT_COMMITTED.
 */
export async function loadContext(
  stub: ReadingStub,
  request: OperationRequest,
  reads: PublicReads,
  creator: Creator,
): Promise<OperationContext> {
  const records = new Map<string, LoadedRecord>();
  const skeletons = new Map<string, Skeleton>();
  for (const supplied of request.records) {
    const { id } = supplied.document;
    records.set(id, await loadRecord(stub, supplied, skeletons));
  }
  for (const id of reads.skeletons ?? []) {
    if (skeletons.has(id)) continue;
    const skeleton = await readSkeleton(stub, id);
    if (skeleton !== undefined) skeletons.set(id, skeleton);
  }
  return newContext({
    channel: stub.getChannelID(),
    chaincode: RECORDS,
    transactionId: stub.getTxID(),
    creatorMspId: creator.mspId,
    creatorCertificate: creator.certificate,
    records,
    skeletons,
    ...(await loadPublic(stub, reads)),
    ...(await lookUp(stub, request, reads)),
  });
}

async function loadRecord(
  stub: ReadingStub,
  { document, groups }: SuppliedRecord,
  skeletons: Map<string, Skeleton>,
): Promise<LoadedRecord> {
  const skeleton = await readSkeleton(stub, document.id);
  if (skeleton === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: document.id });
  const commitment = commitmentOf(document);
  if (commitment !== skeleton.commitment) throw new Rejection('RECORD_STALE', { record: document.id });
  skeletons.set(document.id, skeleton);
  return { document, commitment, groups: openGroups(document, groups) };
}

async function loadPublic(
  stub: ReadingStub,
  reads: PublicReads,
): Promise<Pick<ContextData, 'businessDays' | 'noticeHeads'>> {
  const businessDays = new Map<string, NonNullable<Awaited<ReturnType<typeof readBusinessDay>>>>();
  for (const id of reads.businessDays ?? []) {
    const day = await readBusinessDay(stub, id);
    if (day !== undefined) businessDays.set(id, day);
  }
  const noticeHeads = new Map<string, NonNullable<Awaited<ReturnType<typeof readNoticeHead>>>>();
  for (const { orderId, participants } of reads.noticeHeads ?? []) {
    for (const mspId of participants) {
      const head = await readNoticeHead(stub, orderId, mspId);
      if (head !== undefined) noticeHeads.set(`${orderId}/${mspId}`, head);
    }
  }
  return { businessDays, noticeHeads };
}

/** What `Registry:lookup` answers: one call for everything a transaction needs of the registry. */
export interface RegistryAnswer {
  readonly network: NetworkDescription | null;
  readonly bindings: readonly KeyBinding[];
  readonly claims: readonly FinancingClaim[];
  readonly calendars: readonly CalendarBook[];
  /** Absent from a registry of before successions: the two chaincodes are upgraded one after the other. */
  readonly successions?: readonly Succession[];
}

async function lookUp(
  stub: ReadingStub,
  request: OperationRequest,
  reads: PublicReads,
): Promise<Pick<ContextData, 'network' | 'bindings' | 'claims' | 'calendars' | 'successions'>> {
  const addresses = request.signatures.map(({ address }) => address);
  const fingerprints = reads.claims ?? [];
  const calendars = reads.calendars ?? [];
  const successions = reads.successions ?? [];
  if (reads.network === false && addresses.length + fingerprints.length + calendars.length === 0) {
    return { network: undefined, bindings: new Map(), claims: new Map(), calendars: new Map() };
  }
  const question = canonicalJson({
    addresses,
    calendars: [...calendars],
    claims: [...fingerprints],
    successions: [...successions],
  });
  const response = await stub.invokeChaincode(REGISTRY, ['Registry:lookup', question], stub.getChannelID());
  if (response.status !== 200) throw new Error('the registry did not answer');
  const answer = parseCanonicalJson(response.payload ?? new Uint8Array()) as unknown as RegistryAnswer;
  return {
    network: answer.network ?? undefined,
    bindings: new Map(answer.bindings.map((binding) => [binding.address, binding])),
    claims: new Map(answer.claims.map((claim) => [claim.fingerprint, claim])),
    calendars: new Map(answer.calendars.map((calendar) => [calendar.member, calendar])),
    successions: new Map(
      (answer.successions ?? []).map((succession) => [`${succession.from}/${succession.to}`, succession]),
    ),
  };
}
