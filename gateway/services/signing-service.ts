import { randomBytes, randomUUID } from 'node:crypto';
import { Rejection } from '../../chaincode/domain/errors';
import type { KeyBinding } from '../../chaincode/domain/registry';
import { ACT_TYPES, recoverSigner } from '../../chaincode/domain/typed-data';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import type { Processes } from '../database/processes';
import type { OutboxReader } from '../ports/outbox-port';
import type { RecordIndex } from '../ports/record-index';
import type { OperationResult, Operations } from './operations';
import type { Previewer, RegistryReader } from './preview';
import { deadlineOf, plainPreview, requiredActs, signedUpdates } from './signing-acts';
import type { NewSigningRequest, SigningRequest, SigningRequests } from './signing-requests';
import type { SigningStore, StoredAct, StoredSigningRequest } from './signing-store';

const DEFAULT_VALID_DAYS = 7;

export interface SigningServiceDependencies {
  readonly store: SigningStore;
  readonly previewer: Previewer;
  readonly operations: Operations;
  readonly index: RecordIndex;
  readonly registry: RegistryReader;
  readonly outbox: OutboxReader;
  /** Who may be submitting a request. */
  readonly processes: Processes;
}

interface GivenSignature {
  readonly address: string;
  readonly signature: string;
}

/** Collects the parties' signatures over an operation prepared here, and submits it once all are there. */
export class SigningService implements SigningRequests {
  readonly #d: SigningServiceDependencies;
  /** Submissions under way in this process. */
  readonly #submitting = new Set<string>();

  constructor(dependencies: SigningServiceDependencies) {
    this.#d = dependencies;
  }

  async create({
    operation,
    input,
    recordIds,
    validDays = DEFAULT_VALID_DAYS,
  }: NewSigningRequest): Promise<SigningRequest> {
    const seed = randomBytes(32).toString('hex');
    const preview = await this.#d.previewer.preview({ operation, input, recordIds, seed });
    const updates = signedUpdates(preview);
    if (updates.length === 0) throw ledgerError('rejected', 'SIGNATURE_NOT_NEEDED', { operation });
    const deadline = deadlineOf(updates, validDays);
    const request: StoredSigningRequest = {
      id: randomUUID(),
      operation,
      input,
      seed,
      status: 'open',
      deadline,
      records: preview.records.map(({ id, commitment }) => ({ id, commitment })),
      required: requiredActs(preview, deadline),
      preview: plainPreview(preview),
      transactionId: null,
      reference: null,
      createdAt: new Date().toISOString(),
    };
    await this.#d.store.insert(request);
    return toView(request);
  }

  async get(id: string): Promise<SigningRequest | undefined> {
    const stored = await this.#d.store.get(id);
    return stored && toView(await this.#settled(stored));
  }

  async addSignatures(
    id: string,
    signatures: readonly GivenSignature[],
    reference?: string,
  ): Promise<{ request: SigningRequest; result?: OperationResult }> {
    const addresses = signatures.map(({ address }) => address);
    const { bindings } = await this.#d.registry.lookUp({ addresses, claims: [] });
    for (;;) {
      const stored = await this.#d.store.get(id);
      if (stored === undefined) throw ledgerError('rejected', 'SIGNING_REQUEST_NOT_FOUND');
      const open = await this.#settled(stored);
      if (open.status !== 'open') throw ledgerError('conflict', 'SIGNING_REQUEST_CLOSED', { status: open.status });
      await this.#requireCurrent(open);
      const signed = signatures.reduce((request, given) => addSignature(request, given, bindings), open);
      const isComplete = signed.required.every(({ signature }) => signature !== null);
      const next = isComplete ? toSubmit(signed, reference, this.#d.processes.id) : signed;
      if (next.submission) this.#submitting.add(next.submission.id);
      // Another party's signature may have come meanwhile, here or at another process: then add this one to that.
      if (!(await this.#replaced(open, next))) continue;
      return isComplete ? this.#submit(next) : { request: toView(next) };
    }
  }

  /** Signatures name a version: once a record has moved on they are good for nothing. */
  async #requireCurrent(request: StoredSigningRequest): Promise<void> {
    for (const { id, commitment } of request.records) {
      if ((await this.#d.index.record(id))?.commitment === commitment) continue;
      await this.#d.store.replace(request, { ...request, status: 'failed' });
      throw new Rejection('RECORD_STALE', { record: id });
    }
  }

  async #submit(request: StoredSigningRequest): Promise<{ request: SigningRequest; result: OperationResult }> {
    const { operation, input, records, seed, required, reference } = request;
    try {
      const result = await this.#d.operations.submit({
        operation,
        input,
        seed,
        recordIds: records.map((record) => record.id),
        signatures: required.flatMap(({ signature }) => signature ?? []),
        ...(reference !== null && { reference }),
      });
      const done: StoredSigningRequest = { ...request, status: 'completed', transactionId: result.transactionId };
      // Should this fail, whoever asks next is told by the outbox.
      await this.#d.store.replace(request, done).catch(() => undefined);
      return { request: toView(done), result };
    } catch (error) {
      await this.#d.store.replace(request, { ...request, ...afterFailure(error) }).catch(() => undefined);
      throw error;
    } finally {
      this.#submitting.delete(request.submission?.id ?? '');
    }
  }

  /** A submission whose end nobody saw who still works: the outbox knows more. */
  async #settled(request: StoredSigningRequest): Promise<StoredSigningRequest> {
    if (request.status !== 'submitting' || (await this.#isSubmitting(request))) return request;
    const sent = request.reference === null ? [] : await this.#d.outbox.byReference(request.reference);
    const committed = sent.find(({ status }) => status === 'committed');
    const pending = sent.find(({ status }) => status === 'pending');
    if (committed === undefined && pending !== undefined) return { ...request, transactionId: pending.transactionId };
    const settled: StoredSigningRequest =
      committed === undefined
        ? {
            ...request,
            status: sent.some(({ status }) => status === 'rejected') ? 'failed' : 'open',
            transactionId: null,
          }
        : { ...request, status: 'completed', transactionId: committed.transactionId };
    if (await this.#d.store.replace(request, settled)) return settled;
    return (await this.#d.store.get(request.id)) ?? settled;
  }

  async #isSubmitting({ submission }: StoredSigningRequest): Promise<boolean> {
    if (!submission) return false;
    const isOwn = submission.process === this.#d.processes.id;
    return isOwn ? this.#submitting.has(submission.id) : this.#d.processes.isAlive(submission.process);
  }

  async #replaced(before: StoredSigningRequest, after: StoredSigningRequest): Promise<boolean> {
    let isReplaced = false;
    try {
      isReplaced = await this.#d.store.replace(before, after);
      return isReplaced;
    } finally {
      if (!isReplaced) this.#submitting.delete(after.submission?.id ?? '');
    }
  }
}

function toSubmit(signed: StoredSigningRequest, reference: string | undefined, process: string): StoredSigningRequest {
  return {
    ...signed,
    status: 'submitting',
    reference: reference ?? `signing-request:${signed.id}`,
    submission: { process, id: randomUUID() },
  };
}

type Bindings = ReadonlyMap<string, KeyBinding>;

function addSignature(request: StoredSigningRequest, given: GivenSignature, bindings: Bindings): StoredSigningRequest {
  const signed = request.required.filter((act) => act.signature === null && recovers(act, given));
  if (signed.length === 0) throw new Rejection('SIGNATURE_INVALID', { address: given.address.slice(0, 42) });
  const binding = bindings.get(given.address);
  const act = signed.find(({ partyId }) => binding?.status === 'active' && binding.partyId === partyId);
  if (act === undefined) throw new Rejection('KEY_NOT_BOUND', { address: given.address });
  const { nonce, deadline } = act.typedData.message as { nonce: string; deadline: number };
  const signature = { address: given.address, signature: given.signature, nonce, deadline };
  const required = request.required.map((other) =>
    other === act ? { ...act, signature, signedBy: given.address } : other,
  );
  return { ...request, required };
}

function recovers({ typedData: { domain, message } }: StoredAct, { address, signature }: GivenSignature): boolean {
  return recoverSigner(domain.salt.slice(2), ACT_TYPES, { ...message }, signature) === address;
}

/** Refused for good: failed. Nothing sent, or a conflict: open, to be submitted again. Unknown: still under way. */
function afterFailure(error: unknown): Pick<StoredSigningRequest, 'status' | 'transactionId' | 'submission'> {
  if (error instanceof LedgerError && error.outcome === 'unknown') {
    return { status: 'submitting', transactionId: error.transactionId ?? null, submission: null };
  }
  const again = error instanceof LedgerError && error.outcome !== 'rejected';
  return { status: again ? 'open' : 'failed', transactionId: null, submission: null };
}

function toView(request: StoredSigningRequest): SigningRequest {
  const { id, operation, status, preview, deadline, transactionId, createdAt } = request;
  const required = request.required.map(({ partyId, action, recordId, typedData, signedBy }) => ({
    partyId,
    action,
    recordId,
    typedData,
    signedBy,
  }));
  return { id, operation, status, required, preview, deadline, transactionId, createdAt };
}
