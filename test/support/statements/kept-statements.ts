import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseTrustFile, type TrustFile } from '../../../evidence/trust-file';
import { verifyStatement } from '../../../gateway/statements/verify-statement';
import type { MemberClient, RecordView } from '../../../scripts/demo/member-client';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { concordat } from '../../../scripts/start/offline-proof';
import { GatewayHarness } from '../e2e/gateway-harness';

/**
 * Files of a date closed, signed and issued anew by two gateways, for when both and the ledger are stopped.
 *
 * `first`: the statement countersigned; `unsigned`: issued anew; `second`: countersigned again; `other`: another date's.
 * Each has a `.jsonl`, `.record.json`, `.evidence.json` and, countersigned, a `.proof.json`.
 */
export class KeptStatements {
  readonly harness = new GatewayHarness();
  /** Record id of the statement. */
  statement = '';
  /** What the route answers those who may not have the package. */
  readonly refusals: string[] = [];
  readonly pages: Record<string, { isLinked: boolean; status: number; bytes: Buffer }> = {};
  #writes = 0;

  path(name: string): string {
    return join(this.harness.stage.files, name);
  }

  bytes(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  get trust(): TrustFile {
    return parseTrustFile(this.bytes('trust.json'));
  }

  get #banks(): readonly [MemberClient, MemberClient] {
    return [this.harness.stage.buyerBank, this.harness.stage.sellerBank];
  }

  async play(): Promise<void> {
    await this.harness.start();
    const { stage } = this.harness;
    const lane = `/v1/lanes/${stage.known('lane')}/entries`;
    await stage.buyerBank.upload(lane, 'maker', 'entries', Buffer.from(bulkFile(12)), 'application/x-ndjson');
    await this.#close(4);
    const { items } = await stage.buyerBank.get<{ items: readonly RecordView[] }>('/v1/statements?limit=200');
    const idOf = (count: number): string => items.find(({ groups }) => groups['statement']?.['count'] === count)!.id;
    this.statement = idOf(12);
    await this.#keep('first', this.statement);
    await this.#keep('other', idOf(0));
    const reissue = `/v1/statements/${this.statement}/reissue`;
    await stage.sellerBank.post(reissue, 'approver', 'reissue', { reason: 'printed anew' });
    await this.#keep('unsigned', this.statement);
    await this.#close(1);
    await this.#keep('second', this.statement);
    const path = `/v1/statements/${this.statement}/evidence-package`;
    this.refusals.push(await this.harness.codeOf({ at: 'BuyerBankMSP', role: 'viewer', path }));
    this.refusals.push(await this.harness.codeOf({ at: 'LogisticsMSP', role: 'approver', path }));
    await this.#look();
    await this.harness.run.stop();
  }

  /** The statement's page, and what its link to the package answers, as two roles see them. */
  async #look(): Promise<void> {
    const { stage, tokens } = this.harness;
    for (const role of ['viewer', 'auditor'] as const) {
      const headers = { cookie: `concordat_BuyerBankMSP=${tokens['BuyerBankMSP']![role]}`, accept: 'text/html' };
      const path = `${stage.buyerBank.url}/statements/${this.statement}`;
      const text = await (await fetch(path, { headers })).text();
      const linked = await fetch(`${path}/evidence-package`, { headers });
      const bytes = Buffer.from(await linked.arrayBuffer());
      const isLinked = text.includes(`href="/statements/${this.statement}/evidence-package"`);
      this.pages[role] = { isLinked, status: linked.status, bytes };
    }
  }

  async #close(rounds: number): Promise<void> {
    const closing = `/v1/business-days/${this.harness.stage.known('businessDay')}/closing`;
    for (let round = 0; round < rounds; round++) {
      for (const bank of this.#banks) await bank.post(closing, 'approver', `close-${this.#writes++}`);
    }
  }

  /** Each file from the one or the other member. */
  async #keep(name: string, id: string): Promise<void> {
    const [buyerBank, sellerBank] = this.#banks;
    const of = `/v1/statements/${id}`;
    const { stage } = this.harness;
    stage.write(`${name}.jsonl`, await buyerBank.bytes(`${of}/files/jsonl`));
    const record = await sellerBank.get<RecordView>(of);
    stage.write(`${name}.record.json`, JSON.stringify(record));
    stage.write(`${name}.evidence.json`, await sellerBank.bytes(`${of}/evidence-package`, 'auditor'));
    if (record.status !== 'countersigned') return;
    const proof = await buyerBank.get<object>(`${of}/proof?endToEndId=BULK-000003`);
    stage.write(`${name}.proof.json`, JSON.stringify(proof));
  }

  /** Exit code and codes of what did not hold, as `concordat statement` tells them in a process of its own. */
  async told(command: string, name: string, ...flags: string[]): Promise<string> {
    const { code, output } = await concordat(['statement', command, this.path(name), ...flags]);
    const codes = [...output.matchAll(/^✗ (\S+) /gm)].map(([, found]) => found);
    return [code, ...codes].join(' ');
  }

  withEvidence(evidence: string, trust = 'trust.json'): string[] {
    return ['--evidence', this.path(`${evidence}.evidence.json`), '--trust', this.path(trust)];
  }

  /** The same in this process, for what takes many tries: codes with their places. */
  codesOf(evidence: Uint8Array, jsonl = this.bytes('second.jsonl').toString('utf8')): string[] {
    const { problems } = verifyStatement({ jsonl, evidence, trust: this.trust });
    return problems.map(({ code, place }) => `${code} ${place}`);
  }
}

let made: Promise<KeptStatements> | undefined;

/** Made once for all tests of this process. */
export function keptStatements(): Promise<KeptStatements> {
  return (made ??= makeKept());
}

async function makeKept(): Promise<KeptStatements> {
  const kept = new KeptStatements();
  process.once('exit', () => rmSync(kept.harness.run.dataFolder, { recursive: true, force: true }));
  try {
    await kept.play();
  } finally {
    await kept.harness.run.stop();
  }
  return kept;
}
