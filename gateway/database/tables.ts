/** Rows as both dialects give them: numbers are safe integers, bytes are `Uint8Array`, times are ISO 8601 texts. */
export interface Tables {
  readonly schema_versions: { component: string; version: number };
  readonly blocks: { number: number; hash: string; previous_hash: string; rows_digest: string };
  readonly transactions: {
    block: number;
    position: number;
    transaction_id: string;
    code: string;
    creator: string;
    declared_at: string;
  };
  readonly skeletons: {
    id: string;
    version: number;
    commitment: string;
    previous: string | null;
    participants: string;
  };
  readonly versions: VersionsTable;
  readonly records: {
    id: string;
    version: number;
    type: string;
    status: string;
    order_id: string | null;
    block: number;
    position: number;
  };
  readonly attachments: { id: string; name: string; content: string };
  readonly notice_heads: { order_id: string; msp_id: string; value: string };
  readonly business_days: { id: string; value: string };
  readonly disclosures: {
    id: string;
    case_id: string;
    record_id: string;
    body: string;
    transaction_id: string;
    block: number;
    creator: string;
  };
  readonly registry_state: { key: string; value: Uint8Array };
  readonly posted_entries: { lane: string; end_to_end_id: string; content: string; segment: string };
  readonly outbox: OutboxRow;
  readonly outbox_references: { reference: string; transaction_id: string; stored_at: string };
  readonly documents: {
    sha256: string;
    bytes: Uint8Array;
    media_type: string;
    source: string;
    channel: string;
    parser_version: string;
    first_seen_at: string;
  };
  readonly idempotency_keys: {
    scope: string;
    key: string;
    request_sha256: string;
    process: string;
    response: string | null;
    started_at: string;
    reference: string | null;
  };
  readonly signing_requests: { id: string; content: string; created_at: string };
  readonly processes: { id: string; beat: number };
  readonly uploads: UploadRow;
  readonly upload_parts: { upload: string; start: number; bytes: Uint8Array };
  readonly upload_outcomes: { upload: string; batch: number; bytes: Uint8Array };
}

export interface UploadRow {
  id: string;
  lane: string;
  created_by: string;
  media_type: string;
  size: number;
  sha256: string;
  /** 1 when good lines are posted though others are refused. */
  partial: number;
  /** JSON: the totals stated. */
  control: string;
  state: string;
  received: number;
  /** Lines of the file, once they are judged. */
  lines: number | null;
  settled: number;
  /** JSON: the answer, the refusal, or what is waited for. */
  result: string | null;
  /** The process that posts it. */
  owner: string | null;
  created_at: string;
  changed_at: string;
}

export interface VersionsTable {
  id: string;
  version: number;
  type: string | null;
  status: string | null;
  commitment: string;
  document: string | null;
  salted: string | null;
  order_id: string | null;
  transaction_id: string;
  block: number;
  position: number;
  declared_at: string;
  creator: string;
}

export interface OutboxRow {
  transaction_id: string;
  reference: string | null;
  /** Null once the transaction is final. */
  envelope: Uint8Array | null;
  result: Uint8Array;
  status: string;
  code: string | null;
  block_number: number | null;
  attempts: number;
  stored_at: string;
  /** The process that drives it. */
  owner: string | null;
}
